public import Postgres
public import Values

/// Who belongs to an organization and what they may do, changed inside one transaction of it. Nobody grants more than they hold, nor outside
/// their locations, nor for longer; the last owner stays; every change is in the trail, with its reason.
public struct Staffing: Sendable {
    let tx: Transaction
    let organization: OrganizationID
    let caller: Caller
    let now: Instant
    let ambient: Ambient
    let expectedVersion: Int?

    public init(
        _ tx: Transaction,
        organization: OrganizationID,
        by caller: Caller,
        now: Instant,
        ambient: Ambient,
        expectedVersion: Int? = nil
    ) {
        self.tx = tx
        self.organization = organization
        self.caller = caller
        self.now = now
        self.ambient = ambient
        self.expectedVersion = expectedVersion
    }

    func audit(_ act: Act) { tx.auditOrganization(act, organization: organization, by: caller, at: now, ambient: ambient) }

    func require(_ permission: Permission) throws(Problem) {
        guard caller.may(permission, in: organization) else { throw Staffing.notAllowed(permission) }
    }

    static func notAllowed(_ permission: Permission) -> Problem {
        Problem.forbidden("permission_missing", "This needs the permission \(permission.rawValue).")
    }

    static let grantsMore = Problem.forbidden(
        "grants_more_than_held",
        "You can only grant, change or take back what you hold yourself, there and for as long."
    )

    func checkVersion(_ version: Int) throws(Problem) {
        guard let expectedVersion, expectedVersion != version else { return }
        throw Problem(.stale, "stale", "It has been changed since you read it. Read it again.")
    }

    // MARK: Looking up

    func member(_ id: StaffID) async throws -> StaffMember {
        guard let row = try await tx.query(StaffMember.one(id) + " for update").first else { throw Problem.notFound }
        return try StaffMember(row)
    }

    func grants(of staff: StaffID) async throws -> [Grant] { try await tx.query(Grant.of(staff)).map(Grant.init) }

    /// Who manages a member must be able to give all that the member has: nobody suspends their superiors.
    func checkMayManage(_ staff: StaffID) async throws {
        try require(.staffManage)
        for grant in try await grants(of: staff) where grant.effect == .allow {
            guard caller.mayGrant(grant.rule, in: organization) else { throw Staffing.grantsMore }
        }
    }

    // MARK: The last owner

    /// Errors: `last_owner` when, without this member (or this one grant), nobody would own the organization. One such decision at a time.
    func checkOwnerStays(without staff: StaffID, state: StaffMember.State) async throws {
        let counts = state == .active ? ["active"] : ["active", "invited"]
        let answers = try await tx.query([
            "select pg_advisory_xact_lock(\(Staffing.ownersLock(organization)))",
            """
            select m.id from control.staff_grant g join control.staff m on m.id = g.staff_id and m.state = any (\(counts)) \
            where g.built_in = 'owner' and g.effect = 'allow' and g.location_id is null and g.until is null and m.id <> \(staff) limit 1
            """,
        ])
        guard answers.last?.isEmpty == false else {
            throw Problem.conflict("last_owner", "An organization keeps at least one owner. Make somebody else an owner first.")
        }
    }

    private static func ownersLock(_ organization: OrganizationID) -> Int64 {
        Int64(bitPattern: organization.uuid.high ^ organization.uuid.low ^ 0x6f77_6e65_7273)
    }
}

extension Grant {
    /// A grant that makes its holder an owner for good.
    var isOwnership: Bool { what == .builtIn(.owner) && effect == .allow && location == nil && until == nil }
}
