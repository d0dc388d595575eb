public import Access
public import Jobs
public import Tenancy
public import Web

/// Who works here and under what rules: sign-in, organizations, locations, staff and what they may do, billing entities, settings, the audit
/// trail, and the progress of jobs.
public struct Organizations: Sendable {
    private let tenancy: Tenancy
    private let keys: KeyRing
    /// What the settings of a location hold, for the slices that act on them.
    public let settings: SettingReader

    public init(tenancy: Tenancy, keys: KeyRing) {
        self.tenancy = tenancy
        self.keys = keys
        settings = SettingReader(tenancy: tenancy)
    }

    public var routes: [Route] {
        SessionRoutes().routes + AccountRoutes().routes + InvitationRoutes().routes + OrganizationRoutes().routes + LocationRoutes().routes
            + StaffRoutes().routes + StaffSessionRoutes().routes + GrantRoutes().routes + RoleRoutes().routes + PermissionRoutes().routes
            + APIKeyRoutes().routes
            + BillingEntityRoutes(keys: keys).routes + SettingRoutes().routes + AuditRoutes().routes + JobRoutes().routes
    }

    public var catalogue: JobCatalogue { Housekeeping.catalogue }

    /// For a rotation of the keys.
    public var sealedColumns: [SealedColumn] { [SealedColumn(.organization, "billing_entity", "tax_id")] }
}
