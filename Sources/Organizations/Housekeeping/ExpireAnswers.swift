import Access
import Jobs
import Postgres
import Tenancy
import Web

/// Forgets the stored answers of a location's creating requests once nobody may ask for them again.
struct ExpireAnswers: ParameterlessJob, Job {
    static let kind = "organizations.expire_answers"
    static let policy = JobPolicy(timeLimit: .seconds(120))

    func run(_ context: JobContext) async throws {
        let location = try context.requireLocation()
        try await context.tenancy.transaction(location) { tx in tx.enqueue(IdempotencyStore.expire(at: context.now)) }
    }
}

/// The same for the organizations.
struct ExpireOrganizationAnswers: ParameterlessJob, Job {
    static let kind = "organizations.expire_organization_answers"
    static let policy = JobPolicy(timeLimit: .seconds(300))

    func run(_ context: JobContext) async throws {
        try await OrganizationWalk(context.tenancy).each { organization in
            try context.checkLease()
            try await context.tenancy.organization(organization) { tx in tx.enqueue(IdempotencyStore.expireInOrganization(at: context.now))
            }
        }
    }
}

/// Forgets sessions, invitations and counters that are long over.
struct PruneAccess: ParameterlessJob, Job {
    static let kind = "organizations.prune_access"
    static let policy = JobPolicy(timeLimit: .seconds(300))

    func run(_ context: JobContext) async throws {
        // Sessions go ten thousand at a time.
        while try await context.access.prune() >= 10_000 { try context.checkLease() }
    }
}
