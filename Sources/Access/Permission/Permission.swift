public import Values

/// What somebody may do: the closed list. Every route, command and job names one of these; nothing is allowed that is not in it.
public enum Permission: String, CaseIterable, Sendable, Hashable {
    case organizationsRead = "organizations.read"
    case organizationsManage = "organizations.manage"
    case locationsManage = "locations.manage"
    case rolesManage = "roles.manage"
    case keysManage = "keys.manage"
    case billingEntitiesRead = "billing_entities.read"
    case billingEntitiesManage = "billing_entities.manage"
    case remittancesRead = "remittances.read"
    case remittancesPost = "remittances.post"
    case breakGlassReview = "break_glass.review"

    case locationsRead = "locations.read"
    case staffRead = "staff.read"
    case staffManage = "staff.manage"
    case settingsRead = "settings.read"
    case settingsManage = "settings.manage"
    case auditRead = "audit.read"
    case auditVerify = "audit.verify"
    case patientsRead = "patients.read"
    case patientsRegister = "patients.register"
    case patientsUpdate = "patients.update"
    case patientsMerge = "patients.merge"
    case patientsBreakGlass = "patients.break_glass"
    case scheduleRead = "schedule.read"
    case scheduleManage = "schedule.manage"
    case scheduleBlock = "schedule.block"
    case appointmentsRead = "appointments.read"
    case appointmentsBook = "appointments.book"
    case appointmentsMove = "appointments.move"
    case appointmentsCancel = "appointments.cancel"
    case appointmentsCheckIn = "appointments.check_in"
    case appointmentsComplete = "appointments.complete"
    case appointmentsOverride = "appointments.override"
    case feesRead = "fees.read"
    case feesManage = "fees.manage"
    case chargesRead = "charges.read"
    case chargesPost = "charges.post"
    case ledgerRead = "ledger.read"
    case ledgerAdjust = "ledger.adjust"
    case invoicesRead = "invoices.read"
    case invoicesIssue = "invoices.issue"
    case paymentsPost = "payments.post"
    case coverageRead = "coverage.read"
    case coverageManage = "coverage.manage"
    case payersRead = "payers.read"
    case payersManage = "payers.manage"
    case billingRunsRead = "billing_runs.read"
    case billingRunsStart = "billing_runs.start"
    case claimsRead = "claims.read"
    case claimsManage = "claims.manage"
    case reportsRead = "reports.read"
    case jobsRead = "jobs.read"

    case accountManage = "account.manage"

    case platformOperate = "platform.operate"
}

extension Permission {
    /// How far a permission reaches, and so where it must be held.
    public enum Scope: String, Sendable {
        /// Held organization-wide, or at single locations.
        case location
        /// Held organization-wide only: a grant at one location does not give it.
        case organization
        /// Held by every signed-in person over their own account; never by a key.
        case account
        /// Held by operators of the platform.
        case platform
    }

    public var scope: Scope {
        switch self {
        case .organizationsRead, .organizationsManage, .locationsManage, .rolesManage, .keysManage, .billingEntitiesRead,
            .billingEntitiesManage,
            .remittancesRead, .remittancesPost, .breakGlassReview:
            .organization
        case .accountManage: .account
        case .platformOperate: .platform
        default: .location
        }
    }

    /// What whoever does not hold it is told.
    public var denied: Problem { .forbidden("permission_denied", "This needs the permission \(rawValue).") }

    /// What broken glass opens (AZ-11): what is needed to treat somebody now. To look, never to change.
    public static let chart: Set<Permission> = [.patientsRead, .appointmentsRead, .coverageRead]

    /// All that can be granted to staff and keys: what belongs to an account or the platform cannot.
    public static let grantable = Set(allCases.filter { $0.scope == .location || $0.scope == .organization })
}
