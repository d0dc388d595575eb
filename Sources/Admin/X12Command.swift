import Access
import ArgumentParser
import Assembly
import Claims
import FoundationEssentials
import Values
import X12

struct X12Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "x12",
        abstract: "Look into X12 files, and after those that fit nobody.",
        subcommands: [Inspect.self, Held.self, Dismiss.self]
    )

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Print what was read from a file: envelopes, transactions, balances, findings. Exit code 2 when the file cannot be trusted."
        )

        @OptionGroup var options: Options
        @Argument(help: "The file.") var file: String

        func run() async throws {
            try await options.explained {
                guard let data = FileManager.default.contents(atPath: file) else {
                    throw Problem(.failed, "file_unreadable", "\(file) cannot be read.")
                }
                let examined = examine(Array(data), file: file)
                print(examined.json)  // the only form there is
                if !examined.isTrusted { throw ExitCode(2) }
            }
        }
    }

    struct Held: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List received files that fit no organization: no 835, or for a payee nobody here is."
        )

        @OptionGroup var options: Options

        func run() async throws {
            try await options.withServices { services in
                let (files, more) = try await UnclaimedFile.open(services.tenancy)
                options.show(
                    Table(
                        ["id", "received_at", "name", "reasons"],
                        files.map {
                            [
                                .text($0.id.description), .text($0.receivedAt.description), .text($0.name),
                                .text($0.reasons.joined(separator: " ")),
                            ]
                        }
                    )
                )
                if more > 0 { complain("… and \(more) more: these are the newest.") }
            }
        }
    }

    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that such a file is dealt with: doctor does not name it any more. The file and its record stay."
        )

        @OptionGroup var options: Options
        @Argument(help: "The id that `x12 held` shows.") var id: RemittanceID
        @Option(help: "What was done about it.") var reason: String

        func run() async throws {
            let reason = try options.because(reason)
            try await options.withServices { services in
                let now = services.ambient.now()
                guard try await UnclaimedFile.dismiss(id, by: options.operatorName, reason: reason.text, at: now, services.tenancy) else {
                    throw Problem.conflict("not_held", "No file of this id waits for somebody. Nothing was changed.")
                }
            }
        }
    }
}
