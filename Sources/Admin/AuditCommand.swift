import Access
import ArgumentParser
import Assembly
import FoundationEssentials
import Tenancy
import Values

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Who did or saw what, when and why.",
        subcommands: [Search.self, Verify.self, MakeCheckpoint.self, Archive.self]
    )

    /// Whose trail.
    struct Place: ParsableArguments {
        @Option(help: "The trail of this location.") var location: LocationID?
        @Option(help: "The trail of this organization: sign-ins, roles, refusals, settings.") var organization: OrganizationID?

        func validate() throws {
            if (location == nil) == (organization == nil) { throw ValidationError("Name a location or an organization.") }
        }

        func trail(_ services: Services) async throws -> Trail {
            if let organization { return .organization(organization) }
            guard let location else { throw Problem.notFound }
            return .location(try await services.tenancy.location(evenSuspended: location))
        }
    }

    /// Whose trail, or everybody's.
    struct Places: ParsableArguments {
        @Option(help: "The trail of this location.") var location: LocationID?
        @Option(help: "The trail of this organization: sign-ins, roles, refusals, settings.") var organization: OrganizationID?
        @Flag(help: "Every trail there is.") var all = false

        func validate() throws {
            let named = (location == nil ? 0 : 1) + (organization == nil ? 0 : 1) + (all ? 1 : 0)
            guard named == 1 else { throw ValidationError("Name a location or an organization, or say --all.") }
        }

        func trails(_ services: Services) async throws -> [Trail] {
            if all { return try await services.access.trails() }
            if let organization { return [.organization(organization)] }
            guard let location else { throw Problem.notFound }
            return [.location(try await services.tenancy.location(evenSuspended: location))]
        }

        /// Does it with each trail. With --all one that fails does not keep the others: it is named, with the reason. False when one did.
        func each(_ services: Services, _ body: (Trail) async throws -> Void, failed: (Trail) -> Void = { _ in }) async throws -> Bool {
            var isComplete = true
            for trail in try await trails(services) {
                do { try await body(trail) } catch  where all {
                    isComplete = false
                    let reason = if let problem = error as? Problem { "\(problem.detail) (\(problem.code))" } else { "\(error)" }
                    complain("\(trail.kind) \(trail.id) failed: \(reason)")
                    failed(trail)
                }
            }
            return isComplete
        }
    }

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List entries, newest first. The search is audited too.")

        @OptionGroup var options: Options
        @OptionGroup var place: Place
        @Option(help: "Only entries about this patient.") var patient: PatientID?
        @Option(help: "Only this action, for example patient.read.") var action: String?
        @Option(help: "At most so many, 1 to 200.") var limit = 50

        func validate() throws { try Options.check("--limit", limit, in: 1...200) }

        func run() async throws {
            try await options.withServices { services in
                let caller = Caller.commandLine(user: options.operatorName, requestID: services.ambient.id(EventID.self).uuid)
                let query = AuditQuery(patient: patient, action: action, limit: limit)
                let entries = try await services.access.search(try await place.trail(services), query, by: caller)
                options.show(
                    Table(
                        ["at", "who", "action", "object", "result", "reason", "request"],
                        entries.map { entry in
                            [
                                .text(entry.at.description),
                                .text("\(entry.actorKind) \(entry.actorID.map(\.description) ?? entry.actorName ?? "")"),
                                .text(entry.action), entry.objectID.map { .text($0.description) } ?? .none, .text(entry.result),
                                entry.reasonCode.map(Table.Cell.text) ?? .none, .text(entry.requestID.description),
                            ]
                        }
                    )
                )
            }
        }
    }
}
