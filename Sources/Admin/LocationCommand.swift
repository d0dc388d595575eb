import Access
import ArgumentParser
import Assembly
import Tenancy
import Values

struct LocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "location",
        abstract: "The sites of an organization: provision, suspend, resume, export, restore, move, remove.",
        subcommands: [
            Create.self, List.self, Suspend.self, Resume.self, Export.self, Restore.self, Move.self, Remove.self,
        ]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Provision a location: schema, role, rights. A killed run is finished by `resume`."
        )

        @OptionGroup var options: Options
        @Argument(help: "The organization's id.") var organization: OrganizationID
        @Argument(help: "Its name.") var name: String
        @Option(help: "IANA time zone, for example America/New_York.") var timeZone: String
        @Option(help: "ISO 4217 currency.") var currency = "USD"
        @Option(help: "medical, dental, optometry or veterinary.") var kind: ClinicKind = .medical
        @Option(help: "The database; else the one with the fewest locations.") var database: String?

        func run() async throws {
            guard let zone = ZoneName(timeZone) else { throw ValidationError("There is no time zone \(timeZone).") }
            guard let currency = Currency(currency) else { throw ValidationError("A currency is three capital letters.") }
            try await options.asOwner { settings, owner in
                let location = try await owner.provisioner(settings).createLocation(
                    .init(name: name, kind: kind, timeZone: zone, currency: currency, database: database),
                    in: organization
                )
                options.show(.of([location]))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List locations.")

        @OptionGroup var options: Options
        @Option(help: "Only this organization's.") var organization: OrganizationID?

        func run() async throws {
            try await options.asOwner { settings, owner in
                options.show(.of(try await owner.provisioner(settings).locations(of: organization)))
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse every request to a location, within a second; its jobs wait. Nothing is lost, and its trail can be read."
        )

        @OptionGroup var options: Options
        @Argument(help: "The location's id or exact name.") var location: String

        func run() async throws {
            try await options.asOwner { settings, owner in
                let provisioner = owner.provisioner(settings)
                let found = try await provisioner.find(named: location)
                try await options.tell(Act("location.suspended", "location", found.id), in: found.organization)
                try await provisioner.suspend(found.id)
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve a suspended location again, or finish one whose provisioning was interrupted."
        )

        @OptionGroup var options: Options
        @Argument(help: "The location's id or exact name.") var location: String

        func run() async throws {
            try await options.asOwner { settings, owner in
                let provisioner = owner.provisioner(settings)
                let found = try await provisioner.find(named: location)
                switch found.state {
                case .suspended:
                    try await options.tell(Act("location.resumed", "location", found.id), in: found.organization)
                    try await provisioner.reactivate(found.id)
                case .active, .provisioning: _ = try await provisioner.resume(found.id)
                case .moving, .removing, .removed:
                    throw Problem.conflict("location_state", "The location is \(found.state.rawValue): finish that with its own command.")
                }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a suspended location with all its data, for ever.",
            discussion:
                "Gone are schema, files, jobs and events, grants, claim routes, daily figures and role; the organization's trail and remittances stay. "
                + "Safe to interrupt and to repeat."
        )

        @OptionGroup var options: Options
        @Argument(help: "The location's id or exact name.") var location: String
        @Option(help: "The exact name of the location, to confirm.") var confirm: String
        @Flag(help: "Only say what would be removed.") var dryRun = false

        func run() async throws {
            try await options.asOwner { settings, owner in
                let provisioner = owner.provisioner(settings)
                let found = try await provisioner.find(named: location)
                guard found.name == confirm else {
                    throw Problem.conflict("name_differs", "The location's name is another one. Nothing was removed.")
                }
                if dryRun {
                    return complain(
                        "Would remove schema \(found.schema) in \(found.database), its files, jobs, events, grants, claim routes and role."
                    )
                }
                guard found.state != .active else {
                    throw Problem.conflict("location_active", "Suspend the location before removing it.")
                }
                try await options.tell(Act("location.removal_begun", "location", found.id), in: found.organization)
                try await provisioner.remove(found.id, files: settings.folders.files) { complain($0) }
            }
        }
    }
}

extension Table {
    static func of(_ locations: [Location]) -> Table {
        Table(
            ["id", "name", "organization", "time_zone", "database", "state", "version"],
            locations.map {
                [
                    .text($0.id.description), .text($0.name), .text($0.organization.description), .text($0.timeZone.name),
                    .text($0.database),
                    .text($0.state.rawValue), .number($0.schemaVersion),
                ]
            }
        )
    }
}
