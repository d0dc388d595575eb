import Postgres
import Tenancy
import Values

extension Access {
    /// Removes what nobody needs any more: sessions (kept 90 days after their end: they say from where an account is known), invitations,
    /// counters and refusal counts. Answers how many rows. For a daily cron.
    public func prune() async throws -> Int {
        let now = ambient.now()
        let past = now.adding(seconds: -90 * 86_400)
        return try await tenancy.signIn { tx in
            let answers = try await tx.query([
                "delete from control.session where id in (select id from control.session where expires_at < \(past) limit 10000)",
                "delete from control.invitation where expires_at < \(past)",
                "delete from control.guess_counter where blocked_until < \(past)",
                "delete from control.refusal_count where minute < \(past)",
            ])
            return answers.reduce(0) { $0 + $1.affected }
        }
    }
}
