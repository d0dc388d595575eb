import Access
import ArgumentParser
import Assembly
import Jobs
import Tenancy
import Values

extension StaffCommand {
    struct Reinvite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A new token for somebody who was invited and has not joined; the old one is dead. Prints it, once."
        )

        @OptionGroup var options: Options
        @Argument(help: "The organization's id.") var organization: OrganizationID
        @Argument(help: "The staff member's id.") var staff: StaffID

        func run() async throws {
            try await options.staffing(organization) { .of(try await $0.renewInvitation(staff)) }
        }
    }

    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a member a built-in role, for example when an organization has lost its owner."
        )

        @OptionGroup var options: Options
        @Argument(help: "The organization's id.") var organization: OrganizationID
        @Argument(help: "The staff member's id.") var staff: StaffID
        @Option(help: "A built-in role: owner, location_manager, provider, front_desk, biller, assistant, auditor.") var role: BuiltInRole
        @Option(help: "Only at this location; else in the whole organization.") var location: LocationID?
        @Option(help: "Why, for the trail.") var reason: String

        func run() async throws {
            let reason = try options.because(reason)
            try await options.staffing(organization) { staffing in
                let grant = try await staffing.grant(NewGrant(.builtIn(role), at: location), to: staff, reason: reason)
                return Table(
                    ["grant", "staff", "role", "location"],
                    [
                        [
                            .text(grant.id.description), .text(grant.staff.description), .text(role.rawValue),
                            grant.location.map { .text($0.description) } ?? .none,
                        ]
                    ]
                )
            }
        }
    }

    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgive the failed sign-ins of somebody who has to wait because of them. Password and authenticator stay."
        )

        @OptionGroup var options: Options
        @Argument(help: "The organization's id.") var organization: OrganizationID
        @Argument(help: "The staff member's id.") var staff: StaffID
        @Option(help: "Why, for the trail.") var reason: String

        func run() async throws {
            let reason = try options.because(reason)
            try await options.withServices { services in
                let caller = Caller.commandLine(user: options.operatorName, requestID: services.ambient.id(EventID.self).uuid)
                try await services.access.unlock(staff, of: organization, reason: reason, by: caller)
                complain("May try again now.")
            }
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "For somebody who lost password or authenticator: prints a token, once, with which they choose both anew.",
            discussion: "Make sure who asks: whoever has the token becomes that person, in every organization they belong to."
        )

        @OptionGroup var options: Options
        @Argument(help: "The organization's id.") var organization: OrganizationID
        @Argument(help: "The staff member's id.") var staff: StaffID
        @Option(help: "Why, and how you made sure, for the trail.") var reason: String

        func run() async throws {
            let reason = try options.because(reason)
            try await options.staffing(organization) { .of(try await $0.resetCredentials(of: staff, reason: reason)) }
        }
    }
}
