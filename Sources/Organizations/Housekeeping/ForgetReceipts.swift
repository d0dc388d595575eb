import Jobs
import Postgres
import Tenancy
import Values

/// Forgets which steps of a location's jobs were done, once none of those jobs can be repeated.
struct ForgetReceipts: ParameterlessJob, Job {
    static let kind = "organizations.forget_receipts"
    static let policy = JobPolicy(timeLimit: .seconds(120))

    func run(_ context: JobContext) async throws {
        let location = try context.requireLocation()
        var removed = JobReceipts.batch
        while removed == JobReceipts.batch {
            try context.checkLease()
            removed = try await context.tenancy.transaction(location) { tx in
                try await tx.query(JobReceipts.expire(at: context.now)).affected
            }
        }
    }
}

/// The same for the organizations.
struct ForgetOrganizationReceipts: ParameterlessJob, Job {
    static let kind = "organizations.forget_organization_receipts"
    static let policy = JobPolicy(timeLimit: .seconds(300))

    func run(_ context: JobContext) async throws {
        try await OrganizationWalk(context.tenancy).each { organization in
            var removed = JobReceipts.batch
            while removed == JobReceipts.batch {
                try context.checkLease()
                removed = try await context.tenancy.organization(organization) { tx in
                    try await tx.query(JobReceipts.expireInOrganization(at: context.now)).affected
                }
            }
        }
    }
}
