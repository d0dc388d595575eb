public import Values

/// Who acted, as the trail keeps it.
public struct Actor: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A staff member; `id` is the membership's.
        case staff
        /// A program with an API key; `id` is the key's.
        case key
        /// Somebody signed in who has not chosen an organization; `id` is the account's.
        case account
        /// The platform itself, in a job; `id` is zero.
        case system
        /// An operator of the platform: by sign-in (`id` is the account's) or at the command line (zero).
        case platformOperator = "platform_operator"
    }

    public let kind: Kind
    public let id: UUID
    public let account: AccountID?
    /// For display in the trail: the staff member's or the key's name, `worker`, `cli:ada`.
    public let name: String

    public init(kind: Kind, id: UUID, account: AccountID?, name: String) {
        self.kind = kind
        self.id = id
        self.account = account
        self.name = name
    }

    static let nobody = UUID(high: 0, low: 0)
}

/// What a caller is in one organization.
public struct Membership: Sendable {
    public enum State: String, Sendable {
        case active
        case suspended
        case organizationSuspended = "organization_suspended"
    }

    public let organization: OrganizationID
    public let actor: Actor
    public let state: State
    public let grants: Grants

    public init(organization: OrganizationID, actor: Actor, state: State, grants: Grants) {
        self.organization = organization
        self.actor = actor
        self.state = state
        self.grants = grants
    }
}

/// The locations a permission is held at.
public enum LocationSelection: Sendable, Equatable {
    case all(of: OrganizationID, except: Set<LocationID>)
    case only(Set<LocationID>)

    public var isEmpty: Bool { self == .only([]) }
}
