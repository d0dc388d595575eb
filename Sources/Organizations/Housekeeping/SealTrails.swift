import Access
import Jobs
import Tenancy
import Values

/// Seals what a location's trail has gained (L3: within 60 s). Without unsealed entries it is one short look. A suspended location's
/// trail is sealed too: what was done in its last minute is evidence like the rest.
struct SealTrail: ParameterlessJob, Job {
    static let kind = "organizations.seal_trail"
    static let policy = JobPolicy(attempts: 3, timeLimit: .seconds(120), whileSuspended: true)

    func run(_ context: JobContext) async throws {
        try await context.access.seal(.location(try context.requireLocation()))
    }
}

/// The same for the organizations' own trails, one after another. One that fails does not keep the others.
struct SealOrganizationTrails: ParameterlessJob, Job {
    static let kind = "organizations.seal_organization_trails"
    static let policy = JobPolicy(attempts: 3, timeLimit: .seconds(120))

    func run(_ context: JobContext) async throws {
        var failure = FirstFailure()
        try await OrganizationWalk(context.tenancy).each { organization in
            try context.checkLease()
            await failure.from { try await context.access.seal(.organization(organization)) }
        }
        try failure.rethrow()
    }
}

/// Signs the head of every trail and adds it to the checkpoint folder (L3, AP-3); does nothing where no folder is set.
struct ExportCheckpoints: ParameterlessJob, Job {
    static let kind = "organizations.export_checkpoints"
    static let policy = JobPolicy(attempts: 3, timeLimit: .seconds(600))

    func run(_ context: JobContext) async throws {
        try await context.access.exportCheckpoints { try context.checkLease() }
    }
}
