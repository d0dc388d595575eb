import Access
public import ArgumentParser
import Assembly
import Glibc
import Logging
import Tenancy
public import Values

/// What every subcommand takes.
struct Options: ParsableArguments {
    @Option(name: .customLong("settings"), help: "The settings file; else POLYCLINIC_ENVIRONMENT_FILE, else .local/environment.")
    var settingsFile: String?

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func settings() async throws -> Settings {
        try await Settings.read(file: settingsFile ?? (getenv("POLYCLINIC_ENVIRONMENT_FILE") == nil ? ".local/environment" : nil))
    }

    var logger: Logger {
        var logger = Logger(label: "polyclinic", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        return logger
    }

    /// Runs with the owner's connections.
    func asOwner<T>(_ body: (Settings, OwnerConnections) async throws -> T) async throws -> T {
        try await explained {
            let settings = try await settings()
            let owner = try OwnerConnections(settings, logger: logger)
            do {
                let value = try await body(settings, owner)
                await owner.close()
                return value
            } catch {
                await owner.close()
                throw error
            }
        }
    }

    /// Runs with the worker's connections, behind the doors.
    func withServices<T>(_ body: (Services) async throws -> T) async throws -> T {
        try await explained {
            let services = try Services(try await settings(), as: .admin, logger: logger)
            do {
                let value = try await body(services)
                await services.close()
                return value
            } catch {
                await services.close()
                throw error
            }
        }
    }

    /// Errors: a usage error that names the range.
    static func check(_ name: String, _ number: Int, in range: ClosedRange<Int>) throws {
        guard range.contains(number) else { throw ValidationError("\(name) is a number from \(range.lowerBound) to \(range.upperBound).") }
    }

    /// An operator's reason, for the trail. Errors: a usage error.
    func because(_ text: String) throws -> Reason {
        do { return try Reason(code: "operator", text: text) } catch {
            throw ValidationError("--reason: say why in 3 to 500 characters, on one line.")
        }
    }

    /// A problem in words on standard error and exit code 1; settings that cannot be used all at once, and exit code 78.
    func explained<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let problem as Problem {
            complain(problem.detail + " (\(problem.code))")
            for member in problem.errors { complain("  \(member.pointer): \(member.detail)") }
            throw ExitCode(1)
        } catch let code as ExitCode {
            throw code
        } catch let usage as ValidationError {
            throw usage
        } catch let fault as SettingsFault {
            complain("\(fault)")
            throw ExitCode(78)
        } catch {
            complain("\(error)")
            throw ExitCode(1)
        }
    }

    /// Prints rows as a table or as JSON.
    func show(_ table: Table) {
        print(json ? table.json : table.text)
    }

    /// Who acts, for the audit trail.
    var operatorName: String { getenv("USER").map { String(cString: $0) } ?? "uid-\(getuid())" }
}

func complain(_ line: String) {
    var bytes = Array(line.utf8)
    bytes.append(10)
    _ = write(2, bytes, bytes.count)  // nowhere to say that standard error is closed
}

extension ID: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }
}
