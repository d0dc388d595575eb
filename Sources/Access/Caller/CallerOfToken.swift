import Postgres
import Tenancy
public import Values

extension Access {
    /// Whether a person did something, or a page asked by itself. Only people keep a session alive (AU-10).
    public enum Activity: Sendable {
        case user, background
    }

    /// Who holds this token: the session's account with what it may everywhere, or the key. What is told is at most a second old. Errors:
    /// `not_signed_in`, the same for unknown, ended, idle, expired and revoked ones, and for suspended accounts.
    public func caller(
        token text: String,
        requestID: UUID,
        source: String?,
        userAgent: String?,
        activity: Activity = .user
    ) async throws -> Caller {
        guard let token = Token(text), token.kind != .invitation else { throw Access.notSignedIn }
        let now = ambient.now()
        let identity = try await callers.identity(token.hash) { () async throws -> Identity? in
            token.kind == .key
                ? try Identity.key(try await tenancy.signInRead(Identity.ofKey(token.hash, now: now)))
                : try Identity.session(
                    try await tenancy.signInRead(
                        Identity.ofSession(token.hash, now: now, idleSince: now.adding(seconds: -settings.idleSeconds))
                    )
                )
        }
        guard let identity else { throw Access.notSignedIn }
        if activity == .user, let session = identity.session, let used = identity.lastUsedAt,
            now.seconds(since: used) >= settings.touchSeconds
        {
            try await touch(session, token.hash, now)
        }
        return identity.caller(requestID: requestID, source: source, userAgent: userAgent)
    }

    static let notSignedIn = Problem(.unauthenticated, "not_signed_in", "Sign in, or send a valid token.")

    /// Once a minute at most: the condition is checked again in the database, for other gateways touch too.
    private func touch(_ session: SessionID, _ hash: [UInt8], _ now: Instant) async throws {
        let before = now.adding(seconds: -settings.touchSeconds)
        _ = try await tenancy.signInRead(
            """
            update control.session set last_used_at = \(now) \
            where id = \(session) and ended_at is null and last_used_at <= \(before) and last_used_at > \(now.adding(seconds: -settings.idleSeconds))
            """
        )
        callers.forget(hash)
    }
}
