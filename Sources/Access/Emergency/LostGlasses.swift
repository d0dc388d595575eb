import Postgres
import Values

/// Emergency access ends with the right to it. While the right is gone nothing opens, whatever the rows say; these end the rows too, so that
/// what was open does not open again when the right comes back within the hour.
extension Staffing {
    /// All that a member has open, when they are suspended, and again when they are resumed: a gateway that still knew them as active may
    /// have opened one within its second.
    func endGlasses(of staff: StaffID) async throws { try await endGlasses("staff_id = \(staff)") }

    /// What a member has open and their grants do not carry. Asked for after what takes a right away, and before what gives one: a grant may
    /// have run out by itself since.
    func endLostGlasses(of staff: StaffID) async throws { try await endLostGlasses("staff_id = \(staff)") }

    /// The same for everybody who has a role.
    func endLostGlasses(with role: RoleID) async throws {
        try await endLostGlasses("staff_id in (select staff_id from control.staff_grant where role_id = \(role))")
    }

    private func endLostGlasses(_ whose: Statement) async throws {
        let open = try await tx.query(
            "select id, staff_id, location_id from control.break_glass where " + whose
                + " and ended_at is null and expires_at > \(now) order by id limit 1000"
        ).decode((BreakGlassID, StaffID, LocationID).self)
        for (staff, glasses) in Dictionary(grouping: open, by: \.1) {
            let rules = try await grants(of: staff).map(\.rule).filter { rule in rule.until.map { $0 > now } ?? true }
            let held = Grants(rules)
            let lost = glasses.filter { !held.mayBreakGlass(at: $0.2) }.map(\.0)
            if !lost.isEmpty { try await endGlasses("id = any (\(lost))") }
        }
    }

    private func endGlasses(_ which: Statement) async throws {
        let ended = try await tx.query(
            "update control.break_glass set ended_at = \(now), version = version + 1, updated_at = \(now), updated_by = \(caller.actor.id) where "
                + which + " and ended_at is null and expires_at > \(now) returning id, patient_id"
        ).decode((BreakGlassID, PatientID).self)
        for (id, patient) in ended { audit(Act("break_glass.ended", "break_glass", id, patients: [patient])) }
    }
}
