import Jobs
import Postgres
import Synchronization
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

/// A job that hands data to who asked for it.
struct Export: ParameterlessJob {
    static let kind = "test.export"
    static let policy = JobPolicy(attempts: 2, authority: .delegated(.patientsRead))
}

/// A job that acts on the right of somebody it names.
struct Errand: ParameterlessJob {
    static let kind = "test.errand"
    static let policy = JobPolicy(attempts: 2, authority: .named(.patientsRead))
}

extension QueueTests {
    @Suite(.serialized) struct AuthorityTests {
        @Test(
            "a delegated job acts as the person, and ends when the right is gone, at the start or between batches",
            .shows("AZ-2", "AZ-6")
        )
        func delegated() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let staff = try await clinic.hire()
            let batches = Mutex(0)
            let actors = Mutex<Set<UUID>>([])
            let catalogue = JobCatalogue(jobs: [
                JobRegistration(Export.self) { _, context in
                    actors.withLock { _ = $0.insert(context.caller.actor.id) }
                    for batch in 1...3 {
                        try await context.checkAuthority()
                        batches.withLock { $0 += 1 }
                        if batch == 2 { try await clinic.dismiss(staff) }
                    }
                }
            ])
            let person = try await clinic.access.caller(
                for: Actor(kind: .staff, id: staff.uuid, account: nil, name: ""),
                organization: clinic.organization,
                requestID: clinic.caller.requestID
            )
            let start: @Sendable () async throws -> Void = {
                try await clinic.tenancy.work(clinic.north, by: person, ambient: .system, wake: nil) { work in _ = work.start(Export()) }
            }
            try await start()
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("it ended in the middle") { try await clinic.count(.discarded) == 1 }
                #expect(batches.withLock { $0 } == 2)
                try await start()
                try await eventually("the next does not begin") { try await clinic.count(.discarded) == 2 }
            }
            #expect(batches.withLock { $0 } == 2)
            #expect(actors.withLock { $0 } == [staff.uuid])
            let jobs = try await clinic.operations.list(database: clinic.north.database)
            #expect(jobs.allSatisfy { $0.reason == "authority_lost" })
        }

        @Test(
            "a job that names whose right it needs acts as that person where they hold it now, and says itself what becomes of it when not",
            .shows("AZ-2", "TI-9")
        )
        func named() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let staff = try await clinic.hire()
            let person = Actor(kind: .staff, id: staff.uuid, account: nil, name: "")
            let seen = Mutex<[String]>([])
            let note: @Sendable (JobContext, Location) async throws -> Void = { context, location in
                do {
                    let acting = try await context.acting(for: person, at: location)
                    seen.withLock { $0.append(acting.caller.actor.id == staff.uuid ? "acts" : "acts as another") }
                } catch let decision as JobDecision {
                    seen.withLock { $0.append("\(decision)") }
                }
            }
            let catalogue = JobCatalogue(jobs: [
                JobRegistration(Errand.self) { _, context in
                    #expect(context.caller.actor.kind == .system)
                    try await note(context, clinic.north)
                    try await note(context, clinic.south)
                    try await clinic.dismiss(staff)
                    try await note(context, clinic.north)
                },
                JobRegistration(Probe.self) { _, context in try await note(context, clinic.north) },
            ])
            try await clinic.start(Errand())
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("it ended") { try await clinic.count(.done) == 1 }
                try await clinic.start(Probe(1))
                try await eventually("so did one that declared nothing") { try await clinic.count(.done) == 2 }
            }
            let lost = "\(JobDecision.discard("authority_lost"))"
            #expect(seen.withLock { $0 } == ["acts", lost, lost, "\(JobDecision.dead("authority_undeclared"))"])
        }

        @Test("a delegated job that nobody asked for does not run; a decided one acts as the system on the person's behalf", .shows("TI-9"))
        func nobody() async throws {
            let clinic = try QueueClinic.here()
            try await clinic.empty()
            let callers = Mutex<[Caller]>([])
            let catalogue = JobCatalogue(jobs: [
                JobRegistration(Export.self) { _, _ in Issue.record("it ran") },
                JobRegistration(Probe.self) { _, context in callers.withLock { $0.append(context.caller) } },
            ])
            let staff = try await clinic.hire()
            let person = Caller(
                actor: Actor(kind: .staff, id: staff.uuid, account: nil, name: "A Name"),
                organization: clinic.organization,
                requestID: clinic.caller.requestID
            )
            try await clinic.start(Export())
            try await clinic.tenancy.work(clinic.north, by: person, ambient: .system, wake: nil) { work in _ = work.start(Probe(1)) }
            try await clinic.withWorkers(1, catalogue) { _ in
                try await eventually("both ended") { try await [clinic.count(.discarded), clinic.count(.done)] == [1, 1] }
            }
            let caller = try #require(callers.withLock { $0.first })
            #expect(caller.actor.kind == .system && caller.onBehalfOf == staff.uuid && caller.requestID == person.requestID)
        }
    }
}

extension QueueClinic {
    /// A provider of north, written past the API.
    func hire() async throws -> StaffID {
        let account = Ambient.system.id(AccountID.self)
        let staff = Ambient.system.id(StaffID.self)
        let now = Ambient.system.now()
        try await sql(
            """
            insert into control.account (id, email, email_key, password_hash, totp_secret, created_at, created_by, updated_at, updated_by)
            values (\(account), \(account.description), \(account.description), '', '', \(now), \(account), \(now), \(account))
            """,
            in: controlName
        )
        try await organizationSQL(
            """
            insert into control.staff (id, organization_id, account_id, email, email_key, name, state, created_at, created_by, updated_at, updated_by)
            values (\(staff), \(organization), \(account), \(account.description), \(account.description), 'A Provider', 'active',
                \(now), \(account), \(now), \(account))
            """
        )
        try await organizationSQL(
            """
            insert into control.staff_grant (id, organization_id, staff_id, effect, built_in, location_id, created_at, created_by)
            values (\(Ambient.system.id(JobID.self)), \(organization), \(staff), 'allow', 'provider', \(north.id), \(now), \(account))
            """
        )
        return staff
    }

    func dismiss(_ staff: StaffID) async throws {
        try await organizationSQL("update control.staff set state = 'suspended' where id = \(staff)")
    }

    private func organizationSQL(_ statement: Statement) async throws {
        _ = try await tenancy.organization(organization) { tx in try await tx.query(statement) }
    }
}
