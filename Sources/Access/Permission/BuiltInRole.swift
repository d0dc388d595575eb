/// The roles every organization has. They are code, so that they grow with the permissions and cannot be edited.
public enum BuiltInRole: String, CaseIterable, Sendable, Hashable {
    case owner
    case locationManager = "location_manager"
    case provider
    case frontDesk = "front_desk"
    case biller
    case assistant
    case auditor
    case platformOperator = "platform_operator"

    public var permissions: Set<Permission> {
        switch self {
        case .owner: Permission.grantable
        case .locationManager: Permission.grantable.filter { $0.scope == .location }
        case .provider: BuiltInRole.providing
        case .frontDesk: BuiltInRole.atTheDesk
        case .biller: BuiltInRole.billing
        case .assistant: BuiltInRole.assisting
        case .auditor: BuiltInRole.auditing
        case .platformOperator: BuiltInRole.operating
        }
    }

    /// Whether an organization may give it to its staff. An operator is made by the platform only.
    public var isGrantable: Bool { self != .platformOperator }

    private static let assisting: Set<Permission> = [
        .locationsRead, .patientsRead, .patientsUpdate, .scheduleRead, .appointmentsRead, .appointmentsCheckIn, .coverageRead, .jobsRead,
    ]

    private static let providing: Set<Permission> = assisting.union([
        .patientsRegister, .patientsBreakGlass, .appointmentsBook, .appointmentsMove, .appointmentsCancel, .appointmentsComplete,
        .appointmentsOverride, .scheduleBlock, .feesRead, .chargesRead, .chargesPost,
    ])

    private static let atTheDesk: Set<Permission> = [
        .locationsRead, .patientsRead, .patientsRegister, .patientsUpdate, .scheduleRead, .scheduleBlock,
        .appointmentsRead, .appointmentsBook, .appointmentsMove, .appointmentsCancel, .appointmentsCheckIn, .appointmentsComplete,
        .feesRead, .chargesRead, .invoicesRead, .paymentsPost,
        .coverageRead,
        .coverageManage, .payersRead, .jobsRead,
    ]

    private static let billing: Set<Permission> = [
        .organizationsRead, .locationsRead, .patientsRead, .scheduleRead, .appointmentsRead, .feesRead, .feesManage, .chargesRead,
        .chargesPost,
        .ledgerRead, .ledgerAdjust, .invoicesRead, .invoicesIssue, .paymentsPost, .coverageRead, .coverageManage, .payersRead,
        .payersManage,
        .billingEntitiesRead, .billingRunsRead, .billingRunsStart, .claimsRead, .claimsManage, .remittancesRead, .remittancesPost,
        .reportsRead,
        .jobsRead,
    ]

    /// Sees everything, changes nothing but the state of a review.
    private static let auditing = Permission.grantable.filter {
        $0.rawValue.hasSuffix(".read") || $0 == .auditVerify || $0 == .breakGlassReview
    }

    /// Runs the platform and sees no patient.
    private static let operating: Set<Permission> = [
        .platformOperate, .organizationsRead, .organizationsManage, .locationsRead, .locationsManage, .jobsRead, .auditVerify,
    ]
}
