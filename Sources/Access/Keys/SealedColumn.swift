import Postgres
public import Tenancy
public import Values

/// A column that holds sealed values. Every room lists its own, so that a rotation of the keys reaches them all; a test looks for any that
/// is in no list.
public struct SealedColumn: Sendable {
    public enum Owner: Sendable {
        /// The row belongs to its own id: an account.
        case account, organization, location
    }

    let owner: Owner
    let table: StaticString
    let column: StaticString
    /// The look-up digest of the same value.
    let digest: (column: StaticString, purpose: StaticString)?
    /// Rows are gone in days by themselves and are not sealed anew.
    let isShortLived: Bool

    /// `table` has an `id`, and was named with `column` when the value was sealed (`SealContext`).
    public init(
        _ owner: Owner,
        _ table: StaticString,
        _ column: StaticString,
        digest: (column: StaticString, purpose: StaticString)? = nil
    ) {
        self.init(owner, table, column, digest, isShortLived: false)
    }

    private init(
        _ owner: Owner,
        _ table: StaticString,
        _ column: StaticString,
        _ digest: (column: StaticString, purpose: StaticString)?,
        isShortLived: Bool
    ) {
        self.owner = owner
        self.table = table
        self.column = column
        self.digest = digest
        self.isShortLived = isShortLived
    }

    /// A column whose rows expire by themselves.
    public static func shortLived(_ owner: Owner, _ table: StaticString, _ column: StaticString) -> SealedColumn {
        SealedColumn(owner, table, column, nil, isShortLived: true)
    }

    /// Access's own.
    public static let all = [SealedColumn(.account, "account", "totp_secret")]

    public var name: String { "\(table).\(column)" }

    func context(_ place: SealedPlace, _ id: UUID) -> SealContext {
        SealContext(tenant: place.tenant ?? id, table: table, id: id, column: column)
    }

    // MARK: Statements

    private var source: Statement {
        switch owner {
        case .location: "{location}." + Statement(stringLiteral: table)
        case .account, .organization: "control." + Statement(stringLiteral: table)
        }
    }

    private var value: Statement { Statement(stringLiteral: column) }

    /// How many rows each key has sealed: the first five bytes, and the number.
    var use: Statement {
        "select substring(" + value + " for 5), count(*) from " + source + " where " + value + " is not null group by 1"
    }

    /// What another key than `current` has sealed, by id.
    func stale(after id: UUID, current: UInt32, limit: Int) -> Statement {
        "select id, " + value + " from " + source + " where id > \(id) and substring(" + value + " from 2 for 4) <> \(bigEndian(current))"
            + " order by id limit \(limit)"
    }

    /// Nothing when the row has changed since it was read.
    func update(_ id: UUID, from old: [UInt8], to new: [UInt8], digest text: [UInt8]?) -> Statement {
        var update = "update " + source + " set " + value + " = \(new)"
        if let digest, let text { update += ", " + Statement(stringLiteral: digest.column) + " = \(text)" }
        return update + " where id = \(id) and " + value + " = \(old)"
    }
}

/// One place that has rows of its own.
public enum SealedPlace: Sendable, Hashable {
    case accounts
    case organization(OrganizationID)
    case location(Location)

    /// Whose rows; nil when each belongs to itself.
    var tenant: UUID? {
        switch self {
        case .accounts: nil
        case .organization(let id): id.uuid
        case .location(let location): location.id.uuid
        }
    }

    func holds(_ column: SealedColumn) -> Bool {
        switch (self, column.owner) {
        case (.accounts, .account), (.organization, .organization), (.location, .location): true
        default: false
        }
    }
}
