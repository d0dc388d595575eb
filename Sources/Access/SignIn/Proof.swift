import Postgres
import Tenancy
public import Values

/// An account that has just proved it is itself, before anything was made of it.
struct Proof: Sendable {
    let account: StoredAccount
    /// The code's; nil when only the password was asked.
    let step: Int64?
    let counter: GuessCounter
    let now: Instant
}

extension Access {
    /// Where a request came from.
    public struct Origin: Sendable {
        public let requestID: UUID
        public let source: String?
        public let userAgent: String?

        public init(requestID: UUID, source: String?, userAgent: String?) {
            self.requestID = requestID
            self.source = source
            self.userAgent = userAgent
        }
    }

    enum Claimant: Sendable {
        case email(String)
        case account(AccountID)
    }

    /// One answer for an unknown address, a wrong password, a wrong or used code and a suspended account.
    static let signInRefused = Problem(.unauthenticated, "sign_in_refused", "The e-mail address, password or code is wrong.")

    /// Counts the attempt, then judges password and code; what is nil is not asked. The same work is done for an account that does not exist.
    /// Errors: `sign_in_refused`, `too_many_attempts` with the seconds to wait, `sign_in_busy`.
    func prove(_ claimant: Claimant, password: String?, code: String?, from origin: Origin) async throws -> Proof {
        let given = Array((password ?? "").utf8)
        guard given.count <= PasswordRules.maximumBytes, (code?.utf8.count ?? 0) <= 10 else { throw Access.signInRefused }
        if case .email(let text) = claimant, text.utf8.count > 254 || text.utf8.contains(0) { throw Access.signInRefused }
        let now = ambient.now()
        let (account, counter) = try await count(claimant, from: origin, at: now)
        let matches: Bool
        do {
            matches =
                password == nil ? true : try await hashing.run { PasswordHash.matches(given, account?.passwordHash ?? PasswordHash.dummy) }
        } catch {
            try await tenancy.signIn { tx in counter.undo.forEach { tx.enqueue($0) } }
            throw error
        }
        let secret = account.flatMap { account in
            try? keys.open(account.totpSecret, for: StoredAccount.secretContext(account.id))  // unreadable: nobody can prove this account
        }
        let step = code.flatMap { TOTP.step(of: $0, secret: secret ?? Access.dummySecret, at: now) }
        guard matches, let account, account.isActive, secret != nil, password != nil || code != nil,
            code == nil || step.map({ $0 > account.lastStep }) == true
        else {
            try await recordFailure(account?.id, counter, from: origin, at: now)
            throw Access.signInRefused
        }
        return Proof(account: account, step: step, counter: counter, now: now)
    }

    /// Makes the proof count, in the transaction of what it is for: the code is used up, atomically, and the failures before it are forgiven.
    /// Errors: `sign_in_refused` when the same code was used at the same moment, or the account has changed since.
    func settle(_ proof: Proof, in tx: Transaction) async throws {
        let taken = try await tx.query(
            """
            update control.account set totp_last_step = greatest(totp_last_step, coalesce(\(proof.step), totp_last_step)) \
            where id = \(proof.account.id) and (\(proof.step)::bigint is null or totp_last_step < \(proof.step)) \
            and state = 'active' and password_hash = \(proof.account.passwordHash) returning id
            """
        )
        guard !taken.isEmpty else { throw Access.signInRefused }
        proof.counter.forgive(at: proof.now).forEach { tx.enqueue($0) }
    }

    private func count(_ claimant: Claimant, from origin: Origin, at now: Instant) async throws -> (StoredAccount?, GuessCounter) {
        let outcome = try await tenancy.signIn { tx -> (StoredAccount?, GuessCounter, Bool) in
            let row = try await tx.query(StoredAccount.find(claimant, source: origin.source, since: now.adding(seconds: -90 * 86_400)))
                .first
            let found = try row.map { (account: try StoredAccount($0), isKnown: try $0.value("known", as: Bool.self)) }
            let counter = GuessCounter(
                email: found?.account.emailKey ?? claimant.emailKey,
                source: origin.source,
                isKnown: found?.isKnown ?? false,
                keys: keys
            )
            let taken = try await tx.query(counter.take(at: now, settings.guesses))
            guard taken.contains(where: \.isEmpty) else { return (found?.account, counter, true) }
            throw try await tooMany(counter, tx, now)
        }
        return (outcome.0, outcome.1)
    }

    /// Thrown inside the transaction, so that an attempt refused by one counter leaves no mark on the others.
    private func tooMany(_ counter: GuessCounter, _ tx: Transaction, _ now: Instant) async throws -> Problem {
        let until = try await tx.query(counter.waiting).first?.value(0, as: Instant?.self) ?? now
        let seconds = max(1, min(until.seconds(since: now) + 1, 900))
        return Problem(.tooMany, "too_many_attempts", "Too many attempts. Try again later.", retryAfter: Int(seconds))
    }

    /// For an account that does not exist the same is asked and committed, so that the time taken does not tell.
    private func recordFailure(_ account: AccountID?, _ counter: GuessCounter, from origin: Origin, at now: Instant) async throws {
        let account = account ?? ambient.id()
        try await tenancy.signIn { tx in
            tx.enqueue(counter.mark)
            try await recordEverywhere(Act("sign_in.refused", "account", account, result: .refused), account, from: origin, at: now, tx)
        }
    }

    /// Writes an act of an account to the trail of every organization it belongs to.
    func recordEverywhere(
        _ act: Act,
        _ account: AccountID,
        session: SessionID? = nil,
        from origin: Origin,
        at now: Instant,
        _ tx: Transaction
    ) async throws {
        let staff = try await tx.query(
            "select id, organization_id, name from control.staff where account_id = \(account) and state <> 'invited' order by id limit 100"
        )
        for (id, organization, name) in try staff.decode((StaffID, OrganizationID, String).self) {
            let actor = Actor(kind: .staff, id: id.uuid, account: account, name: name)
            let caller = Caller(
                actor: actor,
                organization: organization,
                session: session,
                requestID: origin.requestID,
                source: origin.source
            )
            tx.auditOrganization(act, organization: organization, by: caller, at: now, ambient: ambient)
        }
    }

    private static let dummySecret = [UInt8](repeating: 7, count: 20)
}

extension Access.Claimant {
    fileprivate var emailKey: String {
        switch self {
        case .email(let text): EmailAddress(text)?.key ?? text.lowercased()
        case .account(let id): id.description
        }
    }
}
