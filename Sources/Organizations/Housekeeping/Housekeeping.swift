import Jobs
import Values

/// What comes with time and belongs to no noun: sealing of trails, and forgetting what is over.
enum Housekeeping {
    static let catalogue = JobCatalogue(
        jobs: [
            JobRegistration(SealTrail.self),
            JobRegistration(SealOrganizationTrails.self),
            JobRegistration(ExportCheckpoints.self),
            JobRegistration(ExpireAnswers.self),
            JobRegistration(ExpireOrganizationAnswers.self),
            JobRegistration(PruneAccess.self),
            JobRegistration(ForgetReceipts.self),
            JobRegistration(ForgetOrganizationReceipts.self),
        ],
        cron: [
            CronEntry(eachLocation: "organizations.seal", .every(seconds: 30)) { _, _ in SealTrail() },
            CronEntry("organizations.seal_own", .every(seconds: 30)) { _ in SealOrganizationTrails() },
            CronEntry("organizations.checkpoint", .hourly(minute: 7)) { _ in ExportCheckpoints() },
            CronEntry(eachLocation: "organizations.expire", .hourly(minute: 17)) { _, _ in ExpireAnswers() },
            CronEntry("organizations.expire_own", .hourly(minute: 23)) { _ in ExpireOrganizationAnswers() },
            CronEntry(eachLocation: "organizations.receipts", .daily(TimeOfDay(minutes: 4 * 60 + 20) ?? .midnight)) { _, _ in
                ForgetReceipts()
            },
            CronEntry("organizations.receipts_own", .daily(TimeOfDay(minutes: 4 * 60 + 40) ?? .midnight)) { _ in
                ForgetOrganizationReceipts()
            },
            CronEntry("organizations.prune", .daily(TimeOfDay(minutes: 3 * 60 + 10) ?? .midnight)) { _ in PruneAccess() },
        ]
    )
}
