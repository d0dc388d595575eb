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
            GuessCounter(email: key, source: nil, isKnown: false, keys: keys).forgive(at: now).prefix(1).forEach { tx.enqueue($0) }
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

    /// Seals the second factors anew that an earlier key sealed: part of a key rotation, before that key leaves the file. Answers how many.
    public func resealSecrets() async throws -> Int {
        var resealed = 0
        var last: AccountID?
        while true {
            let rows = try await tenancy.signInRead(
                "select id, totp_secret from control.account where (\(last)::uuid is null or id > \(last)) order by id limit 500"
            )
            for (id, sealed) in try rows.decode((AccountID, [UInt8]).self) {
                last = id
                guard !keys.isCurrent(sealed) else { continue }
                let context = StoredAccount.secretContext(id)
                let anew = try keys.seal(try keys.open(sealed, for: context), for: context)
                // Changed meanwhile: then it was sealed with the current key.
                resealed += try await tenancy.signIn { tx in
                    try await tx.query(
                        "update control.account set totp_secret = \(anew) where id = \(id) and totp_secret = \(sealed) returning id"
                    ).count
                }
            }
            if rows.count < 500 { return resealed }
        }
    }
}
