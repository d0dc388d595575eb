import Postgres
import Tenancy
public import Values

extension Staffing {
    /// For somebody who lost password or second factor: a token with which they choose both anew. An account may belong to several
    /// organizations, so only the platform's operators give it, after they have made sure who asks. The credentials of before work until then.
    public func resetCredentials(of staff: StaffID, reason: Reason) async throws -> Invitation {
        guard caller.may(.platformOperate) else { throw Staffing.notAllowed(.platformOperate) }
        let member = try await member(staff)
        guard member.state == .active else {
            throw Problem.conflict("not_joined", "Only who has joined has credentials. Invite anew instead.")
        }
        tx.enqueue("delete from control.invitation where staff_id = \(staff)")
        audit(Act("staff.credentials_reset_offered", "staff", staff, reason: reason))
        return invitation(staff)
    }
}

extension Access {
    /// For somebody who mistyped too often: failed sign-ins of the account are forgiven, from everywhere it has signed in of late. Password
    /// and second factor stay what they are. Only for the platform's operators. Errors: `not_joined`; `not_found`.
    public func unlock(_ staff: StaffID, of organization: OrganizationID, reason: Reason, by caller: Caller) async throws {
        guard caller.may(.platformOperate) else { throw Staffing.notAllowed(.platformOperate) }
        let now = ambient.now()
        try await tenancy.signIn { tx in
            let answers = try await tx.query([
                "select email_key, account_id from control.staff where id = \(staff) and organization_id = \(organization)",
                """
                select distinct source from control.session where account_id = (select account_id from control.staff where id = \(staff)) \
                and created_at > \(now.adding(seconds: -90 * 86_400)) and source is not null limit 1000
                """,
            ])
            guard let (key, account) = try answers[0].first?.decode((String, AccountID?).self) else { throw Problem.notFound }
            guard account != nil else { throw Problem.conflict("not_joined", "Only who has joined can sign in. Invite anew instead.") }
            let counters =
                [GuessCounter(email: key, source: nil, isKnown: false, keys: keys)]
                + (try answers[1].decode(String.self)).map { GuessCounter(email: key, source: $0, isKnown: true, keys: keys) }
            for counter in counters {
                for statement in counter.forgiveOwn(at: now) { tx.enqueue(statement) }
            }
            let act = Act("staff.unlocked", "staff", staff, reason: reason)
            tx.auditOrganization(act, organization: organization, by: caller, at: now, ambient: ambient)
        }
    }

    /// The second half: the invitation's token stands for the credentials that were lost. Ends every session and forgives failures.
    func reset(
        _ account: AccountID,
        _ invited: Invited,
        _ token: Token,
        password: String,
        code: String,
        from origin: Origin
    ) async throws -> SignedIn {
        let (hash, secret, step, now) = try await newCredentials(account, invited, token, password: password, code: code)
        let signedIn = try await tenancy.signIn { tx -> SignedIn in
            try await use(token, at: now, tx)
            let changed = try await tx.query(
                """
                update control.account set password_hash = \(hash), totp_secret = \(secret), totp_last_step = \(step), version = version + 1, \
                updated_at = \(now), updated_by = \(account) where id = \(account) and state = 'active' returning email_key
                """
            )
            guard let key = try changed.first?.value(0, as: String.self) else { throw Problem.notFound }
            GuessCounter(email: key, source: nil, isKnown: false, keys: keys).forgiveOwn(at: now).forEach { tx.enqueue($0) }
            tx.enqueue(
                """
                update control.session set ended_at = \(now), ended_why = 'credentials_changed' where account_id = \(account) and ended_at is null
                """
            )
            let act = Act("account.credentials_changed", "account", account, changed: ["password", "second_factor"])
            try await recordEverywhere(act, account, from: origin, at: now, tx)
            return try await begin(account, act: "sign_in.succeeded", from: origin, at: now, tx)
        }
        callers.forget { $0.account == account }
        return signedIn
    }
}
