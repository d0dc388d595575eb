public import Access
public import ArgumentParser
import Assembly
import Tenancy
import Values

struct StaffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "staff",
        abstract: "The people of an organization. Its owners manage them in the product; this is for the first owner and for emergencies.",
        subcommands: [
            List.self, Invite.self, Reinvite.self, Grant.self, Suspend.self, Resume.self, Unlock.self, Reset.self,
        ]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List an organization's staff members.")

        @OptionGroup var options: Options
        @Argument(help: "The organization's id.") var organization: OrganizationID

        func run() async throws {
            try await options.withServices { services in
                guard try await services.tenancy.hasOrganization(organization) else {
                    throw Problem.conflict("organization_unknown", "There is no organization \(organization).")
                }
                var members: [StaffMember] = []
                while true {
                    let page = try await services.tenancy.organizationRead(
                        organization,
                        StaffMember.page(after: members.last?.id, limit: 500)
                    )
                    members += try page.map { try StaffMember($0) }
                    if page.count < 500 { break }
                }
                options.show(.of(members))
            }
        }
    }

    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Invite somebody. Prints the invitation's token, once; whoever has it can join."
        )

        @OptionGroup var options: Options
        @Argument(help: "The organization's id.") var organization: OrganizationID
        @Option(help: "The e-mail address.") var email: String
        @Option(help: "The name.") var name: String
        @Option(help: "A built-in role: owner, location_manager, provider, front_desk, biller, assistant, auditor.") var role: BuiltInRole
        @Option(help: "Only at this location; else in the whole organization.") var location: LocationID?

        func run() async throws {
            try await options.staffing(organization) { staffing in
                .of(try await staffing.invite(email: email, name: name, grants: [NewGrant(.builtIn(role), at: location)]))
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a member's rights and sessions, within a second.")

        @OptionGroup var options: Options
        @Argument(help: "The organization's id.") var organization: OrganizationID
        @Argument(help: "The staff member's id.") var staff: StaffID
        @Option(help: "Why, for the trail.") var reason: String

        func run() async throws {
            let reason = try options.because(reason)
            try await options.withServices { services in
                let caller = options.caller(services)
                let member = try await options.staffing(organization, services, caller) { try await $0.suspend(staff, reason: reason) }
                try await services.access.endSessions(ofSuspended: staff, in: organization, by: caller)
                options.show(.of([member]))
            }
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Give a suspended member the same rights back.")

        @OptionGroup var options: Options
        @Argument(help: "The organization's id.") var organization: OrganizationID
        @Argument(help: "The staff member's id.") var staff: StaffID
        @Option(help: "Why, for the trail.") var reason: String

        func run() async throws {
            let reason = try options.because(reason)
            try await options.withServices { services in
                let caller = options.caller(services)
                // A suspension that was killed may have left some.
                try await services.access.endSessions(ofSuspended: staff, in: organization, by: caller)
                let member = try await options.staffing(organization, services, caller) { try await $0.resume(staff, reason: reason) }
                options.show(.of([member]))
            }
        }
    }
}

extension Options {
    /// A change of an organization's people by whoever runs the command, in one transaction. What it answers is shown once that is committed:
    /// nobody gets a token that was never stored.
    func staffing(_ organization: OrganizationID, _ body: (Staffing) async throws -> Table) async throws {
        try await withServices { services in show(try await staffing(organization, services, caller(services), body)) }
    }

    /// The same, for what is more than this transaction.
    func staffing<Value: Sendable>(
        _ organization: OrganizationID,
        _ services: Services,
        _ caller: Caller,
        _ body: (Staffing) async throws -> Value
    ) async throws -> Value {
        try await services.tenancy.organization(organization) { tx in
            try await body(Staffing(tx, organization: organization, by: caller, now: services.ambient.now(), ambient: services.ambient))
        }
    }

    func caller(_ services: Services) -> Caller {
        Caller.commandLine(user: operatorName, requestID: services.ambient.id(EventID.self).uuid)
    }
}

extension Table {
    static func of(_ invitation: Invitation) -> Table {
        Table(
            ["staff", "token", "expires_at"],
            [[.text(invitation.staff.description), .text(invitation.token), .text(invitation.expiresAt.description)]]
        )
    }

    static func of(_ members: [StaffMember]) -> Table {
        Table(
            ["id", "name", "email", "state"],
            members.map { [.text($0.id.description), .text($0.name), .text($0.email), .text($0.state.rawValue)] }
        )
    }
}

extension BuiltInRole: ExpressibleByArgument {}
