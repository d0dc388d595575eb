import Access
import ArgumentParser
import Assembly
import Tenancy
import Values

extension LocationCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a location with all its rows and files into one sealed file, as of one moment. The location goes on working.",
            discussion: "The file opens with the platform's key file only. Grants and allotments are not in it."
        )

        @OptionGroup var options: Options
        @Argument(help: "The location's id or exact name.") var location: String
        @Option(name: .customLong("to"), help: "The file; it must not exist.") var path: String

        func run() async throws {
            try await options.asOwner { settings, owner in
                let provisioner = owner.provisioner(settings)
                let found = try await provisioner.find(named: location)
                try await options.tell(Act("location.export_begun", "location", found.id), in: found.organization)
                let content = try await provisioner.export(
                    found.id,
                    to: path,
                    files: settings.folders.files,
                    LocationFile.Seal(try KeyRing(text: settings.keys))
                )
                options.show(.of(content))
            }
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring a location back from its file, under its own id, all or nothing.",
            discussion:
                "Refused: an altered file, one of an unknown version, a location that is here. Its organization must be here; rights are given anew."
        )

        @OptionGroup var options: Options
        @Argument(help: "The file.") var path: String
        @Option(help: "The database; else the one with the fewest locations.") var database: String?
        @Option(name: .customLong("as"), help: "Another name for it.") var name: String?
        @Flag(help: "Only check the file and say what is in it.") var dryRun = false

        func run() async throws {
            try await options.asOwner { settings, owner in
                let restore = LocationRestore(
                    owner.provisioner(settings),
                    from: path,
                    files: settings.folders.files,
                    LocationFile.Seal(try KeyRing(text: settings.keys))
                )
                let (header, content) = try restore.check()
                if dryRun { return options.show(.of(content)) }
                let location = try await restore.run(database: database, as: name) {
                    try await options.tell(Act("location.restore_begun", "location", header.location), in: header.organization)
                }
                options.show(.of([location]))
            }
        }
    }

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move a location to another database. Reads go on; changes wait a few seconds.",
            discussion: "Killed anywhere, the same command goes on. --give-up takes a move back that did not come to its switch."
        )

        @OptionGroup var options: Options
        @Argument(help: "The location's id or exact name.") var location: String
        @Option(name: .customLong("to"), help: "The database.") var database: String
        @Flag(help: "Leave it where it is, after a move that was interrupted.") var giveUp = false

        func run() async throws {
            try await options.asOwner { settings, owner in
                let found = try await owner.provisioner(settings).find(named: location)
                let move = LocationMove(owner: owner.owner, location: found, to: database) { complain($0.rawValue) }
                if giveUp {
                    try await options.tell(Act("location.move_given_up", "location", found.id), in: found.organization)
                    return try await move.giveUp()
                }
                try await options.tell(Act("location.move_begun", "location", found.id), in: found.organization)
                let report = try await move.run()
                options.show(
                    Table(
                        ["location", "database", "rows", "pause_ms", "queue_rows", "late_entries"],
                        [
                            [
                                .text(found.id.description), .text(database), .number(report.rows),
                                .number(Int(report.pause / .milliseconds(1))),
                                .number(report.queueRows), .number(report.lateEntries),
                            ]
                        ]
                    )
                )
            }
        }
    }
}

extension Options {
    /// What an operator does to a location stands in its organization's trail before it is done.
    func tell(_ act: Act, in organization: OrganizationID) async throws {
        try await withServices { services in
            let caller = Caller.commandLine(user: operatorName, requestID: services.ambient.id(EventID.self).uuid)
            try await services.access.record(act, in: .organization(organization), by: caller)
        }
    }
}

extension Table {
    fileprivate static func of(_ content: [LocationFile.Summary]) -> Table {
        Table(["section", "rows", "sha256"], content.map { [.text($0.name), .number($0.rows), .text($0.sha256)] })
    }
}
