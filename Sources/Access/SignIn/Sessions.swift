import Postgres
import Tenancy
public import Values

/// An open session, as its owner sees it in a list.
public struct Session: Sendable {
    public let id: SessionID
    public let createdAt: Instant
    public let lastUsedAt: Instant
    public let expiresAt: Instant
    public let source: String?
    public let userAgent: String?
    public let isCurrent: Bool
}

extension Access {
    /// Ends the caller's session.
    public func signOut(_ caller: Caller) async throws {
        let (account, session) = try signedIn(caller)
        try await end(account, only: session, why: "signed_out", act: "session.signed_out", by: caller)
    }

    /// The open sessions of the caller's account, the newest first.
    public func sessions(of caller: Caller) async throws -> [Session] {
        let (account, current) = try signedIn(caller)
        return try await sessions(account, current: current)
    }

    /// Ends one of the caller's own sessions. Errors: `not_found`.
    public func endSession(_ id: SessionID, by caller: Caller) async throws {
        let (account, _) = try signedIn(caller)
        guard try await end(account, only: id, why: "ended", act: "session.ended", by: caller) > 0 else { throw Problem.notFound }
    }

    /// Ends all of the caller's sessions but the one that asks. Answers how many.
    @discardableResult
    public func endOtherSessions(by caller: Caller) async throws -> Int {
        let (account, current) = try signedIn(caller)
        return try await end(account, except: current, why: "ended", act: "sessions.ended", by: caller)
    }

    /// The open sessions of a staff member, for who may manage that member. Errors: `not_found`, `grants_more_than_held`.
    public func sessions(ofStaff staff: StaffID, in organization: OrganizationID, by caller: Caller) async throws -> [Session] {
        try await sessions(account(of: staff, in: organization, managedBy: caller), current: nil)
    }

    /// Ends every session of a staff member. Answers how many. Errors: `not_found`, `grants_more_than_held`.
    @discardableResult
    public func endSessions(ofStaff staff: StaffID, in organization: OrganizationID, by caller: Caller, reason: Reason) async throws -> Int
    {
        let account = try await account(of: staff, in: organization, managedBy: caller)
        return try await end(account, why: "ended", act: "staff.sessions_ended", reason: reason, by: caller, in: organization)
    }

    /// Ends every session of a member who is suspended, for good: the rights may come back, an old token does not (AU-8). Asked for after the
    /// suspension has committed, and again before a resumption begins: the organization's door does not reach sessions, and a process may
    /// die between the two. Does nothing when nobody of this id is suspended here; the act itself then says so.
    ///
    /// Sessions are the account's, not the membership's: in another organization too the person only has to sign in again. Keys are the
    /// organization's, nobody's own, and stay. Errors: `grants_more_than_held`.
    public func endSessions(ofSuspended staff: StaffID, in organization: OrganizationID, by caller: Caller) async throws {
        let account = try await tenancy.organization(organization) { tx -> AccountID? in
            let staffing = Staffing(tx, organization: organization, by: caller, now: ambient.now(), ambient: ambient)
            guard let row = try await tx.query(StaffMember.one(staff)).first else { return nil }
            let member = try StaffMember(row)
            guard member.state == .suspended else { return nil }
            try await staffing.checkMayManage(staff)
            return member.account
        }
        guard let account else { return }
        let reason = Reason(known: "suspension", "Ended with the suspension.")
        try await end(account, why: "ended", act: "staff.sessions_ended", reason: reason, by: caller, in: organization)
    }

    func signedIn(_ caller: Caller) throws -> (AccountID, SessionID) {
        guard let account = caller.actor.account, let session = caller.session else { throw Access.notSignedIn }
        return (account, session)
    }

    /// Forgives the failures to sign in of a staff member whose account bears no more of them. Errors: `not_found`, `grants_more_than_held`.
    public func unlock(_ staff: StaffID, in organization: OrganizationID, by caller: Caller, reason: Reason) async throws {
        let account = try await account(of: staff, in: organization, managedBy: caller)
        let now = ambient.now()
        try await tenancy.signIn { tx in
            let row = try await tx.query("select email_key from control.account where id = \(account)").first
            guard let key = try row?.value(0, as: String.self) else { throw Problem.notFound }
            GuessCounter(email: key, source: nil, isKnown: false, keys: keys).forgive(at: now).prefix(1).forEach { tx.enqueue($0) }
            let act = Act("staff.unlocked", "staff", staff, reason: reason)
            tx.auditOrganization(act, organization: organization, by: caller, at: now, ambient: ambient)
        }
    }

    private func account(of staff: StaffID, in organization: OrganizationID, managedBy caller: Caller) async throws -> AccountID {
        try await tenancy.organization(organization) { tx in
            let staffing = Staffing(tx, organization: organization, by: caller, now: ambient.now(), ambient: ambient)
            guard let account = try await staffing.member(staff).account else { throw Problem.notFound }
            try await staffing.checkMayManage(staff)
            return account
        }
    }

    private func sessions(_ account: AccountID, current: SessionID?) async throws -> [Session] {
        let now = ambient.now()
        let rows = try await tenancy.signInRead(
            """
            select id, created_at, last_used_at, expires_at, source, user_agent from control.session where account_id = \(account) \
            and ended_at is null and expires_at > \(now) and last_used_at > \(now.adding(seconds: -settings.idleSeconds)) \
            order by created_at desc limit 100
            """
        )
        return try rows.decode((SessionID, Instant, Instant, Instant, String?, String?).self).map { id, created, used, end, source, agent in
            Session(
                id: id,
                createdAt: created,
                lastUsedAt: used,
                expiresAt: end,
                source: source,
                userAgent: agent,
                isCurrent: id == current
            )
        }
    }

    @discardableResult
    private func end(
        _ account: AccountID,
        only: SessionID? = nil,
        except: SessionID? = nil,
        why: String,
        act: String,
        reason: Reason? = nil,
        by caller: Caller,
        in organization: OrganizationID? = nil
    ) async throws -> Int {
        let now = ambient.now()
        let origin = Origin(requestID: caller.requestID, source: caller.source, userAgent: caller.userAgent)
        let ended = try await tenancy.signIn { tx -> Int in
            let rows = try await tx.query(
                """
                update control.session set ended_at = \(now), ended_why = \(why) where account_id = \(account) and ended_at is null \
                and (\(only)::uuid is null or id = \(only)) and (\(except)::uuid is null or id <> \(except)) returning id
                """
            )
            guard !rows.isEmpty else { return 0 }
            let done = Act(act, "account", account, reason: reason, objects: try rows.map { try $0.value(0, as: UUID.self) })
            if let organization {
                tx.auditOrganization(done, organization: organization, by: caller, at: now, ambient: ambient)
            } else {
                try await recordEverywhere(done, account, session: caller.session, from: origin, at: now, tx)
            }
            return rows.count
        }
        callers.forget { $0.account == account }
        return ended
    }
}
