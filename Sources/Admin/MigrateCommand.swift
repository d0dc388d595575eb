import ArgumentParser
import Assembly
import Tenancy
import Values

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring every location to the newest schema version.",
        subcommands: [Plan.self, Run.self, Status.self]
    )

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the locations that are behind, and change nothing.")

        @OptionGroup var options: Options

        func run() async throws {
            try await options.asOwner { _, owner in options.show(.of(try await Migrator(owner: owner.owner).plan())) }
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Upgrade the locations that are behind: one as canary, then in parallel. Safe to interrupt and to repeat."
        )

        @OptionGroup var options: Options
        @Option(help: "How many at once, 1 to 16.") var parallel = 4

        func validate() throws { try Options.check("--parallel", parallel, in: 1...16) }

        func run() async throws {
            try await options.asOwner { settings, owner in
                try await owner.installer(settings).run { _ in }
                let report = try await Migrator(owner: owner.owner).run(parallel: parallel) { done, total in
                    if done == total || done % 50 == 0 { complain("\(done) of \(total)") }
                }
                options.show(
                    Table(
                        ["location", "result"],
                        report.failed.map { [.text($0.location.id.description), .text($0.failure)] }
                    )
                )
                complain("\(report.upgraded) upgraded, \(report.failed.count) failed")
                if !report.failed.isEmpty { throw ExitCode(1) }
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say which locations are behind and why. Exit code 2 when any is.")

        @OptionGroup var options: Options

        func run() async throws {
            try await options.asOwner { _, owner in
                let behind = try await Migrator(owner: owner.owner).plan()
                options.show(.of(behind))
                if !behind.isEmpty { throw ExitCode(2) }
            }
        }
    }
}

extension Table {
    static func of(_ behind: [Migrator.Behind]) -> Table {
        Table(
            ["location", "name", "version", "newest", "last_failure"],
            behind.map {
                [
                    .text($0.location.id.description), .text($0.location.name), .number($0.location.schemaVersion), .number($0.target),
                    $0.failure.map(Table.Cell.text) ?? .none,
                ]
            }
        )
    }
}
