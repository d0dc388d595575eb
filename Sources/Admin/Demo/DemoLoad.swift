import Access
import Assembly
import Tenancy
import Values

/// Makes the demo. Each thing is looked for first, so a load that was killed is completed by the next one.
struct DemoLoad {
    let services: Services
    let provisioner: Provisioner
    let accounts: DemoAccounts

    func run() async throws {
        for group in DemoCast.groups {
            let organization = try await organization(group)
            var locations: [String: LocationID] = [:]
            for site in group.sites { locations[site.name] = try await location(site, group, organization) }
            for member in group.members {
                try await hire(member, group, organization, at: member.site.flatMap { locations[$0] })
            }
        }
    }

    private func organization(_ group: DemoCast.Group) async throws -> OrganizationID {
        if let found = try await provisioner.organizations().first(where: { $0.name == group.name }) { return found.id }
        complain("making \(group.name)")
        return try await provisioner.createOrganization(name: group.name, kind: group.kind)
    }

    private func location(_ site: DemoCast.Site, _ group: DemoCast.Group, _ organization: OrganizationID) async throws -> LocationID {
        let living = try await provisioner.locations(of: organization).filter { $0.state != .removing && $0.state != .removed }
        if let found = living.first(where: { $0.name == site.name }) { return try await provisioner.resume(found.id).id }
        let databases = services.settings.servers.locationDatabases
        guard let zone = ZoneName(DemoCast.timeZone), !databases.isEmpty else {
            throw Problem(.failed, "demo_impossible", "This needs the zone \(DemoCast.timeZone) and a location database.")
        }
        complain("making \(site.name)")
        let database = databases[min(site.database, databases.count - 1)]
        let new = Provisioner.NewLocation(name: site.name, kind: group.kind, timeZone: zone, currency: .usd, database: database)
        return try await provisioner.createLocation(new, in: organization).id
    }

    /// Invites somebody and accepts for them, as people do.
    private func hire(_ member: DemoCast.Member, _ group: DemoCast.Group, _ organization: OrganizationID, at location: LocationID?)
        async throws
    {
        let known = try accounts.read().contains { $0.email == member.email && $0.organization == group.name }
        let staff = try await services.tenancy.organizationRead(organization, StaffMember.page(after: nil, limit: 1000)).map(
            StaffMember.init
        )
        .first { $0.email == member.email }
        if let staff, staff.state != .invited {
            guard known else {
                throw Problem.conflict(
                    "demo_accounts_lost",
                    "\(member.email) has an account, but its code is not in demo-accounts. `deploy/down --wipe` begins anew."
                )
            }
            return
        }
        complain("inviting \(member.email)")
        let invitation = try await invite(member, organization, at: location, again: staff?.id)
        let origin = Access.Origin(requestID: services.ambient.id(EventID.self).uuid, source: nil, userAgent: nil)
        guard let enrolment = try await services.access.openInvitation(token: invitation.token, from: origin).enrolment,
            let secret = Base32.decode(enrolment.secret)
        else { throw Problem.conflict("demo_account_exists", "\(member.email) has an account in another organization.") }
        let account = DemoAccount(
            role: member.role.rawValue,
            email: member.email,
            password: member.password,
            organization: group.name,
            secret: secret
        )
        // Before the account exists: its secret is shown only now, and a load that is killed in between invites anew.
        try accounts.save(account)
        // The code of the step before: the current one is left for the first sign-in.
        let code = account.code(at: services.ambient.now(), ahead: -1)
        _ = try await services.access.acceptInvitation(token: invitation.token, password: account.password, code: code, from: origin)
    }

    private func invite(_ member: DemoCast.Member, _ organization: OrganizationID, at location: LocationID?, again: StaffID?) async throws
        -> Invitation
    {
        let caller = Caller.commandLine(user: "demo", requestID: services.ambient.id(EventID.self).uuid)
        let now = services.ambient.now()
        return try await services.tenancy.organization(organization) { tx in
            let staffing = Staffing(tx, organization: organization, by: caller, now: now, ambient: services.ambient)
            if let again { return try await staffing.renewInvitation(again) }
            return try await staffing.invite(
                email: member.email,
                name: member.name,
                grants: [NewGrant(.builtIn(member.role), at: location)]
            )
        }
    }
}
