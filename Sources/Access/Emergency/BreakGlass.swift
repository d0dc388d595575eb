public import Postgres
public import Values

/// Emergency access (45 CFR 164.312(a)(2)(ii)): one person, one named patient, one location, with a reason, to look only, for an hour at most.
/// The same row is the task to review it.
public struct BreakGlass: Sendable {
    public enum Review: String, Sendable, CaseIterable, Bindable, Readable {
        case open, closed
    }

    public let id: BreakGlassID
    public let location: LocationID
    public let staff: StaffID
    /// As they were called then.
    public let staffName: String
    public let patient: PatientID
    public let reasonCode: String
    public let reasonText: String
    public let startedAt: Instant
    public let expiresAt: Instant
    /// When it was ended before its time.
    public let endedAt: Instant?
    public let review: Review
    public let reviewedAt: Instant?
    public let reviewedBy: UUID?
    public let reviewNote: String?
    public let version: Int

    static let columns: Statement = """
        id, location_id, staff_id, staff_name, patient_id, reason_code, reason_text, started_at, expires_at, ended_at, review, reviewed_at, \
        reviewed_by, review_note, version
        """

    public init(_ row: Row) throws {
        id = try row.value(0)
        location = try row.value(1)
        staff = try row.value(2)
        staffName = try row.value(3)
        patient = try row.value(4)
        reasonCode = try row.value(5)
        reasonText = try row.value(6)
        startedAt = try row.value(7)
        expiresAt = try row.value(8)
        endedAt = try row.value(9)
        review = try row.value(10)
        reviewedAt = try row.value(11)
        reviewedBy = try row.value(12)
        reviewNote = try row.value(13)
        version = try row.value(14)
    }

    /// Whether a right is open through it.
    func opens(_ permission: Permission, at location: LocationID) -> Bool {
        location == self.location && Permission.chart.contains(permission)
    }

    /// The reason of every look through it, as the trail keeps it: it is told apart by its beginning.
    var seen: Reason { Reason(known: "break_glass_" + reasonCode, reasonText) }

    // MARK: For lists

    /// The newest first. `review`: only such.
    public static func page(review: Review?, after: (at: Instant, id: BreakGlassID)?, limit: Int) -> Statement {
        var select = "select " + columns + " from control.break_glass where true"
        if let review { select += " and review = \(review)" }
        if let after { select += " and (started_at, id) < (\(after.at), \(after.id))" }
        return select + " order by started_at desc, id desc limit \(limit)"
    }
}

extension Entity {
    public enum BreakGlass {}
}

public typealias BreakGlassID = ID<Entity.BreakGlass>
