import ArgumentParser
import Assembly
import Tenancy
import Values

struct LocationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "location",
        abstract: "The sites of an organization: provision, suspend, resume, remove.",
        subcommands: [Create.self, List.self, Suspend.self, Resume.self, Remove.self]
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
        static let configuration = CommandConfiguration(abstract: "Refuse every request to a location, within a second. Nothing is lost.")

        @OptionGroup var options: Options
        @Argument(help: "The location's id.") var location: LocationID

        func run() async throws {
            try await options.asOwner { try await $1.provisioner($0).suspend(location) }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve a suspended location again, or finish one whose provisioning was interrupted."
        )

        @OptionGroup var options: Options
        @Argument(help: "The location's id.") var location: LocationID

        func run() async throws {
            try await options.asOwner { settings, owner in
                let provisioner = owner.provisioner(settings)
                if try await provisioner.find(location).state == .suspended {
                    try await provisioner.reactivate(location)
                } else {
                    _ = try await provisioner.resume(location)
                }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a suspended location with all its data, for ever.")

        @OptionGroup var options: Options
        @Argument(help: "The location's id.") var location: LocationID
        @Option(help: "The exact name of the location, to confirm.") var confirm: String
        @Flag(help: "Only say what would be removed.") var dryRun = false

        func run() async throws {
            try await options.asOwner { settings, owner in
                let provisioner = owner.provisioner(settings)
                let found = try await provisioner.find(location)
                guard found.name == confirm else {
                    throw Problem.conflict("name_differs", "The location's name is another one. Nothing was removed.")
                }
                if dryRun {
                    complain("Would remove schema \(found.schema) in \(found.database), its role, its jobs and its events.")
                } else {
                    try await provisioner.remove(location)
                }
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
