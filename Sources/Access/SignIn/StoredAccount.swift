import Postgres
import Values

/// An account as the database keeps it.
struct StoredAccount: Sendable {
    let id: AccountID
    let email: String
    let emailKey: String
    let passwordHash: String
    let totpSecret: [UInt8]
    let lastStep: Int64
    let isActive: Bool

    static let columns: Statement = "a.id, a.email, a.email_key, a.password_hash, a.totp_secret, a.totp_last_step, a.state"

    init(_ row: Row) throws {
        id = try row.value(0)
        email = try row.value(1)
        emailKey = try row.value(2)
        passwordHash = try row.value(3)
        totpSecret = try row.value(4)
        lastStep = try row.value(5)
        isActive = try row.value(6, as: String.self) == "active"
    }

    /// Also whether the account has signed in from this source lately: column `known`.
    static func find(_ claimant: Access.Claimant, source: String?, since: Instant) -> Statement {
        let known: Statement =
            """
            , exists (select from control.session s where s.account_id = a.id and s.created_at > \(since) and s.source = \(source)) as known \
            from control.account a where
            """ + " "
        return switch claimant {
        case .email(let text): "select " + columns + known + "a.email_key = \(EmailAddress(text)?.key ?? "")"
        case .account(let id): "select " + columns + known + "a.id = \(id)"
        }
    }

    static func secretContext(_ id: AccountID) -> SealContext {
        SealContext(tenant: id.uuid, table: "account", id: id.uuid, column: "totp_secret")
    }
}
