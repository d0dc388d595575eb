import ArgumentParser
import Assembly
import Logging
import Tenancy
import Values

/// What `deploy/bench` cannot measure from outside: many locations made in one process, and jobs that do nothing.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Parts of deploy/bench.",
        subcommands: [Locations.self, Worker.self, Enqueue.self, Remittance.self]
    )

    static var logger: Logger {
        var logger = Logger(label: "bench", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .error
        return logger
    }

    /// Makes the organization and as many locations as are lacking; prints the milliseconds that each took.
    struct Locations: AsyncParsableCommand {
        @Argument(help: "The organization's name.") var organization: String
        @Argument(help: "How many locations it is to have.") var count: Int

        func run() async throws {
            let settings = try await Settings.read()
            let owner = try OwnerConnections(settings, logger: Bench.logger)
            let provisioner = owner.provisioner(settings)
            let known = try await provisioner.organizations().first { $0.name == organization }?.id
            let id =
                if let known { known } else { try await provisioner.createOrganization(name: organization, kind: .medical) }
            let names = Set(try await provisioner.locations(of: id).map(\.name))
            guard let zone = ZoneName("America/New_York") else { throw Problem(.failed, "no_zone", "There are no time zones.") }
            let databases = settings.servers.locationDatabases
            for number in 1...max(count, 1) where !names.contains("Site \(number)") {
                let began = ContinuousClock.now
                let new = Provisioner.NewLocation(
                    name: "Site \(number)",
                    kind: .medical,
                    timeZone: zone,
                    currency: .usd,
                    database: databases[number % databases.count]
                )
                _ = try await provisioner.createLocation(new, in: id)
                print(Double((ContinuousClock.now - began) / .microseconds(1)) / 1000)
            }
            await owner.close()
        }
    }
}
