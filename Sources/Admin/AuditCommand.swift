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
        subcommands: [Search.self, Verify.self, MakeCheckpoint.self]
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

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List entries, newest first. The search is audited too.")

        @OptionGroup var options: Options
        @OptionGroup var place: Place
        @Option(help: "Only entries about this patient.") var patient: PatientID?
        @Option(help: "Only this action, for example patient.read.") var action: String?
        @Option(help: "At most so many, 1 to 200.") var limit = 50

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

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check that nothing was changed, removed, added or reordered. Names the first finding. Exit code 2 when there is one."
        )

        @OptionGroup var options: Options
        @OptionGroup var place: Place
        @Option(help: "A file of checkpoints kept elsewhere, one a line: they show a cut tail.") var checkpoints: String?

        func run() async throws {
            try await options.withServices { services in
                let kept = try checkpoints.map { path in
                    guard let data = FileManager.default.contents(atPath: path) else {
                        throw Problem.invalid("checkpoints_unreadable", "\(path) cannot be read.")
                    }
                    return try String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
                        guard let checkpoint = Checkpoint(line) else {
                            throw Problem.invalid("checkpoints_unreadable", "\(path) has a line that is no checkpoint.")
                        }
                        return checkpoint
                    }
                }
                let result = try await services.access.verify(try await place.trail(services), checkpoints: kept ?? [])
                let oldest: Table.Cell = result.oldestUnsealed.map { .text($0.description) } ?? .none
                let finding: Table.Cell = result.finding.map { .text("\($0)") } ?? .none
                options.show(
                    Table(
                        ["entries", "seals", "unsealed", "oldest_unsealed", "finding"],
                        [[.number(result.entries), .number(Int(result.seals)), .number(result.unsealed), oldest, finding]]
                    )
                )
                if result.finding != nil { throw ExitCode(2) }
            }
        }
    }

    struct MakeCheckpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "checkpoint",
            abstract: "Print one signed line that fixes the trail as it is sealed now. Keep it elsewhere."
        )

        @OptionGroup var options: Options
        @OptionGroup var place: Place

        func run() async throws {
            try await options.withServices { services in
                guard let checkpoint = try await services.access.checkpoint(try await place.trail(services)) else {
                    throw Problem.conflict("nothing_sealed", "Nothing is sealed yet.")
                }
                print(checkpoint.text)
            }
        }
    }
}
