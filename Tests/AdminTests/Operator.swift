import Assembly
import Foundation
import TestSupport
import Testing
import Values

/// Somebody at the command line: runs the built `polyclinic` against a clinic's databases.
final class Operator: Sendable {
    struct Answer {
        let status: Int32
        let output: String
        let complaints: String

        /// What `--json` printed. Not JSON: the test that asked fails.
        var json: JSON {
            get throws { try JSON.parse(Array(output.utf8), limits: JSON.Limits(bytes: 32 * 1024 * 1024, values: 1_000_000)) }
        }

        var rows: [JSON] {
            get throws { try json.items }
        }
    }

    let settings: SettingsFile
    private let keyFile: String?

    /// `keyFile`: the one the clinic's processes look at, where keys are changed.
    init(_ settings: Settings, keyFile: String? = nil) throws {
        self.settings = try SettingsFile(settings, asOwner: true)
        self.keyFile = keyFile
    }

    /// Runs it to its end. `environment` nil: the settings of the clinic. `output`: the file that standard output is, when it is not to be read.
    @discardableResult
    func run(_ arguments: [String], environment: [String: String]? = nil, output: String? = nil) async throws -> Answer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "operator-" + hex(Ambient.system.bytes(6)))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // a temporary folder
        let process = Process()
        process.executableURL = Operator.executable
        process.arguments = arguments
        process.environment =
            environment ?? [
                "POLYCLINIC_ENVIRONMENT_FILE": settings.path, "USER": "ada", "POLYCLINIC_KEY_FILE": keyFile ?? settings.keyFile,
            ]
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let kept = try Operator.file(folder.appending(path: "output"))
        process.standardOutput = output.flatMap { FileHandle(forWritingAtPath: $0) } ?? kept
        process.standardError = try Operator.file(folder.appending(path: "complaints"))
        try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in ended.resume() }
            do { try process.run() } catch {
                process.terminationHandler = nil
                ended.resume(throwing: error)
            }
        }
        return Answer(
            status: process.terminationReason == .exit ? process.terminationStatus : -1,
            output: try String(contentsOf: folder.appending(path: "output"), encoding: .utf8),
            complaints: try String(contentsOf: folder.appending(path: "complaints"), encoding: .utf8)
        )
    }

    /// The rows of a command that must succeed.
    func rows(_ arguments: String...) async throws -> [JSON] {
        let answer = try await run(arguments + ["--json"])
        try #require(answer.status == 0, "\(arguments): \(answer.status) \(answer.complaints)")
        return try answer.rows
    }

    /// Runs a command that prints nothing for programs, and must succeed.
    func done(_ arguments: String...) async throws {
        let answer = try await run(arguments)
        try #require(answer.status == 0, "\(arguments): \(answer.status) \(answer.complaints)")
    }

    /// The exit code of a command that must not succeed, and what it says.
    func refused(_ arguments: String...) async throws -> Answer {
        let answer = try await run(arguments)
        #expect(answer.status != 0, "\(arguments) succeeded")
        return answer
    }

    private static func file(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }

    private static let executable = URL(filePath: Program.products + "/polyclinic")
}

extension [JSON] {
    /// One member of every row, as text.
    func texts(_ name: String) -> [String] { compactMap { $0[name]?.text } }

    func first(_ name: String, _ text: String) -> JSON? { first { $0[name]?.text == text } }
}
