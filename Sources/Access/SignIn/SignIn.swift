import Postgres
import Tenancy
public import Values

extension Access {
    /// A session that has just begun. The token is shown this once.
    public struct SignedIn: Sendable {
        public let token: String
        public let session: SessionID
        /// The absolute end.
        public let expiresAt: Instant
        /// Seconds without user action after which it ends before.
        public let idleSeconds: Int
    }

    /// Password and code in one request: there are no half sessions. Errors: see `prove`.
    public func signIn(email: String, password: String, code: String, from origin: Origin) async throws -> SignedIn {
        let proof = try await prove(.email(email), password: password, code: code, from: origin)
        do {
            return try await tenancy.signIn { tx in
                try await settle(proof, in: tx)
                return try await begin(proof.account.id, act: "sign_in.succeeded", from: origin, at: proof.now, tx)
            }
        } catch let problem as Problem where problem.code == Access.signInRefused.code {
            try await tenancy.signIn { tx in
                try await recordEverywhere(
                    Act("sign_in.refused", "account", proof.account.id, result: .refused),
                    proof.account.id,
                    from: origin,
                    at: proof.now,
                    tx
                )
            }
            throw problem
        }
    }

    /// A new session, always with a new token; the oldest one makes room when there are too many.
    func begin(
        _ account: AccountID,
        act: String,
        from origin: Origin,
        at now: Instant,
        expiresAt: Instant? = nil,
        _ tx: Transaction
    ) async throws -> SignedIn {
        let token = Token.make(.session, ambient)
        let id = ambient.id(SessionID.self)
        let end = expiresAt ?? now.adding(seconds: settings.sessionSeconds)
        tx.enqueue(
            """
            update control.session set ended_at = \(now), ended_why = 'ended' where id in (select s.id from control.session s \
            where s.account_id = \(account) and s.ended_at is null and s.expires_at > \(now) \
            order by s.created_at desc offset \(max(0, settings.sessionsPerAccount - 1)))
            """
        )
        tx.enqueue(
            """
            insert into control.session (id, account_id, token_hash, created_at, last_used_at, expires_at, step_up_at, source, user_agent) \
            values (\(id), \(account), \(token.hash), \(now), \(now), \(end), \(now), \(origin.source), \(origin.userAgent.map { String($0.prefix(300)) }))
            """
        )
        try await recordEverywhere(Act(act, "session", id), account, session: id, from: origin, at: now, tx)
        return SignedIn(token: token.text, session: id, expiresAt: end, idleSeconds: Int(settings.idleSeconds))
    }
}
