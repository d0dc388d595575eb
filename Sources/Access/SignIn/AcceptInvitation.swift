import Postgres
import Tenancy
import Values

/// What somebody with an invitation sees before accepting it.
public struct OpenedInvitation: Sendable {
    public let organization: String
    public let email: String
    public let name: String
    /// For a new account, and for one whose credentials are reset: set this up in an authenticator app first. nil: the account exists; its own
    /// password and code are asked.
    public let enrolment: TOTPEnrolment?
}

extension Access {
    struct Invited {
        let staff: StaffID
        let organization: OrganizationID
        let email: String
        let emailKey: String
        let name: String
        let organizationName: String
        let hasAccount: Bool
        /// Set for somebody who has joined: the invitation then is one to choose new credentials.
        let resets: AccountID?
    }

    /// Shows an invitation. Nothing changes: mail scanners open links too. The second factor's secret follows from the token and is the same each
    /// time. Errors: `not_found` when it was used, replaced or is over.
    public func openInvitation(token text: String, from origin: Origin) async throws -> OpenedInvitation {
        let token = try invitationToken(text)
        let invited = try await invited(token)
        let enrolment = TOTPEnrolment(secret: secrets(token)[0], issuer: settings.issuer, account: invited.email, proof: "")
        return OpenedInvitation(
            organization: invited.organizationName,
            email: invited.email,
            name: invited.name,
            enrolment: invited.hasAccount && invited.resets == nil ? nil : enrolment
        )
    }

    /// Joins the organization and signs in. A new account chooses its password and proves its second factor; an account that exists proves itself.
    /// Errors: `not_found`; `invalid_request` naming `/password` or `/code`; those of `signIn`.
    public func acceptInvitation(token text: String, password: String, code: String, from origin: Origin) async throws -> SignedIn {
        let token = try invitationToken(text)
        let invited = try await invited(token)
        if let account = invited.resets {
            return try await reset(account, invited, token, password: password, code: code, from: origin)
        }
        guard !invited.hasAccount else {
            let proof = try await prove(.email(invited.email), password: password, code: code, from: origin)
            return try await tenancy.signIn { tx in
                try await settle(proof, in: tx)
                return try await join(invited, proof.account.id, token, from: origin, at: proof.now, tx)
            }
        }
        let account = ambient.id(AccountID.self)
        let (hash, sealed, step, now) = try await newCredentials(account, invited, token, password: password, code: code)
        return try await tenancy.signIn { tx in
            let made = try await tx.query(
                """
                insert into control.account (id, email, email_key, password_hash, totp_secret, totp_last_step, created_at, created_by, updated_at, \
                updated_by) values (\(account), \(invited.email), \(invited.emailKey), \(hash), \(sealed), \(step), \(now), \(account), \(now), \
                \(account)) on conflict (email_key) do nothing returning id
                """
            )
            guard !made.isEmpty else {
                throw Problem.conflict("account_exists", "An account with this address was made meanwhile. Use its password and code.")
            }
            return try await join(invited, account, token, from: origin, at: now, tx)
        }
    }

    /// Checked, hashed and sealed, ready to be stored.
    func newCredentials(
        _ account: AccountID,
        _ invited: Invited,
        _ token: Token,
        password: String,
        code: String
    ) async throws -> (hash: String, secret: [UInt8], step: Int64, now: Instant) {
        let words = Access.guessable(email: invited.emailKey, name: invited.name, organization: invited.organizationName)
        try PasswordRules.check(password, pointer: "/password", words: words)
        let now = ambient.now()
        let proved = secrets(token).lazy.compactMap { secret in TOTP.step(of: code, secret: secret, at: now).map { (secret, $0) } }.first
        guard let (secret, step) = proved else {
            throw Problem.invalid("/code", "wrong_code", "This is not the code your authenticator app shows. Is the phone's clock right?")
        }
        return (try await hash(password), try keys.seal(secret, for: StoredAccount.secretContext(account)), step, now)
    }

    /// An invitation works once. Errors: `not_found` when it was used meanwhile.
    func use(_ token: Token, at now: Instant, _ tx: Transaction) async throws {
        let used = try await tx.query(
            "delete from control.invitation where token_hash = \(token.hash) and expires_at > \(now) returning staff_id"
        )
        guard !used.isEmpty else { throw Problem.notFound }
    }

    private func join(
        _ invited: Invited,
        _ account: AccountID,
        _ token: Token,
        from origin: Origin,
        at now: Instant,
        _ tx: Transaction
    ) async throws -> SignedIn {
        let used = try await tx.query(
            "delete from control.invitation where token_hash = \(token.hash) and expires_at > \(now) returning staff_id"
        )
        guard !used.isEmpty else { throw Problem.notFound }
        tx.enqueue(
            """
            update control.staff set account_id = \(account), state = 'active', version = version + 1, updated_at = \(now), updated_by = \(account) \
            where id = \(invited.staff) and state = 'invited'
            """
        )
        let actor = Actor(kind: .staff, id: invited.staff.uuid, account: account, name: invited.name)
        let caller = Caller(actor: actor, organization: invited.organization, requestID: origin.requestID, source: origin.source)
        tx.auditOrganization(
            Act("staff.joined", "staff", invited.staff),
            organization: invited.organization,
            by: caller,
            at: now,
            ambient: ambient
        )
        return try await begin(account, act: "sign_in.succeeded", from: origin, at: now, tx)
    }

    private func invitationToken(_ text: String) throws(Problem) -> Token {
        guard let token = Token(text), token.kind == .invitation else { throw Problem.notFound }
        return token
    }

    /// The one that is shown, then those that were shown before a key was changed.
    private func secrets(_ token: Token) -> [[UInt8]] { keys.secrets(for: token.hash, purpose: "invitation.totp") }

    private func invited(_ token: Token) async throws -> Invited {
        let rows = try await tenancy.signInRead(
            """
            select m.id, m.organization_id, m.email, m.email_key, m.name, o.name, \
            exists (select from control.account a where a.email_key = m.email_key), \
            case when m.state = 'active' then m.account_id end from control.invitation i \
            join control.staff m on m.id = i.staff_id and m.state in ('invited', 'active') \
            join control.organization o on o.id = m.organization_id and o.state = 'active' \
            where i.token_hash = \(token.hash) and i.expires_at > \(ambient.now())
            """
        )
        guard let row = rows.first else { throw Problem.notFound }
        let (staff, organization, email, key, name, organizationName, hasAccount, resets) = try row.decode(
            (StaffID, OrganizationID, String, String, String, String, Bool, AccountID?).self
        )
        return Invited(
            staff: staff,
            organization: organization,
            email: email,
            emailKey: key,
            name: name,
            organizationName: organizationName,
            hasAccount: hasAccount,
            resets: resets
        )
    }
}
