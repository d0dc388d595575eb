import Assembly
import Tenancy
import Values

/// Plays a clinic's day at two locations of one organization, whose data lives in two databases: from registered patients to a remittance
/// that pays both, and a report over both. Every step checks what it caused.
struct DemoDay {
    let services: Services
    let accounts: DemoAccounts
    let client: DemoClient
    let story: DemoStory

    func run() async throws {
        let cast = try await signIn()
        let sites = try await DemoMasterData(story: story, cast: cast).run()
        let jobs = DemoJobs(services: services, story: story, sites: sites)
        let today = sites[0].location.rules.wallClock(at: services.ambient.now()).day
        let report = DemoReport(story: story, cast: cast, services: services, sites: sites, today: today)
        let before = try await report.opening()
        var visits = try await DemoVisits(story: story, cast: cast, jobs: jobs).run(sites)
        try await DemoBilling(story: story, cast: cast, jobs: jobs, folders: services.settings.folders).run(&visits)
        let posting = DemoPosting(story: story, cast: cast, jobs: jobs, folders: services.settings.folders)
        let payments = try await posting.run(visits)
        try await posting.showLedgers(visits, payments)
        let trail = DemoTrail(story: story, cast: cast, services: services)
        try await trail.refuseStrangers(visits)
        try await trail.show(visits)
        try await report.run(since: before, visits, payments)
        try await report.showPart(visits)
        try await trail.verify(sites)
        story.finish("The day held: all \(story.steps) steps did what they should.")
    }

    private func signIn() async throws -> DemoCastSignedIn {
        story.begin("Sign in, each with password and second factor")
        let door = DemoSignIn(client: client, story: story)
        var people: [String: DemoPerson] = [:]
        for email in DemoCastSignedIn.emails {
            people[email] = try await door.run(try accounts.account(email))
            story.tell("session", email)
        }
        return try await DemoCastSignedIn(people, services.tenancy)
    }
}

/// Everybody who acts in the day, with the organization and the locations they belong to.
struct DemoCastSignedIn {
    static let emails = [
        "owner@harbor.example", "desk@harbor.example", "provider@harbor.example", "biller@harbor.example", "auditor@harbor.example",
        "manager@harbor.example", "desk@lakeside.example",
    ]

    let owner: DemoPerson
    let desk: DemoPerson
    let provider: DemoPerson
    let biller: DemoPerson
    let auditor: DemoPerson
    /// Of the first location only.
    let manager: DemoPerson
    /// Of the other organization.
    let stranger: DemoPerson
    let organization: OrganizationID
    /// In the order of the cast.
    let locations: [Location]

    init(_ people: [String: DemoPerson], _ tenancy: Tenancy) async throws {
        let all = DemoCastSignedIn.emails.compactMap { people[$0] }
        guard all.count == DemoCastSignedIn.emails.count else { throw Problem.unexpected("Somebody is missing.") }
        (owner, desk, provider, biller, auditor) = (all[0], all[1], all[2], all[3], all[4])
        (manager, stranger) = (all[5], all[6])
        let memberships = try await owner.get("/v1/account")["memberships"]?.items ?? []
        guard
            let id = OrganizationID(
                memberships.first { $0.text("organization_name") == DemoCast.harbor.name }?.text("organization_id") ?? ""
            )
        else {
            throw Problem.unexpected("\(owner.account.email) does not belong to \(DemoCast.harbor.name).")
        }
        organization = id
        let listed = try await owner.list("/v1/organizations/\(id)/locations")
        var found: [Location] = []
        for site in DemoCast.harbor.sites {
            guard let location = LocationID(listed.first { $0.text("name") == site.name }?.text("id") ?? "") else {
                throw Problem.unexpected("The owner does not see \(site.name).")
            }
            found.append(try await tenancy.location(location))
        }
        locations = found
    }
}
