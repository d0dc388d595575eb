public import Postgres
public import Values

/// Receipts say which steps of a job are done, so that a repetition does not do them again (`JobContext.work`).
public enum JobReceipts {
    /// Longer than a job can be repeated: dead ones are kept, and may be retried, for 90 days (`JobWorkerSettings.keepDead`); what is retried
    /// on the last of them ends within the 30 that are added.
    public static let kept: Duration = .seconds(120 * 86_400)
    /// How many go at once.
    public static let batch = 10_000

    /// Forgets a location's old ones, a batch at a time.
    public static func expire(at now: Instant) -> Statement {
        """
        delete from {location}.job_receipt where (job, step) in (
            select job, step from {location}.job_receipt where at < \(oldest(now)) limit \(batch))
        """
    }

    /// The same for an organization's.
    public static func expireInOrganization(at now: Instant) -> Statement {
        """
        delete from control.job_receipt where (job, step) in (
            select job, step from control.job_receipt where at < \(oldest(now)) limit \(batch))
        """
    }

    private static func oldest(_ now: Instant) -> Instant { now.adding(seconds: -kept.components.seconds) }
}
