import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Takes the time of many appointments in one transaction (DESIGN L7): every resource is locked once, in id order, then every patient; what is
/// taken is read again under the locks, and the constraint is the backstop.
struct TakeMany {
    let resources: [ResourceID]
    let patients: [PatientID]
    /// Around each appointment.
    let windows: [InstantRange]
    /// Hours and blocks of as many minutes around all of them are read.
    var margin = 0

    var holders: [UUID] { resources.map(\.uuid) + patients.map(\.uuid) }

    /// Locks and reads: one flight. What is taken, and when everybody works.
    /// Errors: `resource_inactive`.
    func lock(_ work: Work, kept: Set<ResourceID> = []) async throws -> (taken: [Occupancy], timetable: Timetable) {
        guard let whole = windows.whole else { return ([], Timetable(work.location.rules)) }
        let answers = try await work.query([
            OccupancyStore.lock(resources), OccupancyStore.lock(patients), OccupancyStore.clearExpired(holders, at: work.now),
            OccupancyStore.taken(holders, inAny: windows, at: work.now),
            TimetableStore.of(resources.map(\.uuid), in: whole.widened(by: margin)),
        ])
        let active = Set(try answers[0].decode((ResourceID, Bool).self).filter { $0.1 }.map { $0.0 })
        guard resources.allSatisfy({ active.contains($0) || kept.contains($0) }) else { throw Slot.resourceGone }
        return (try OccupancyStore.all(answers[3]), try TimetableStore.timetable(answers[4], work.location.rules))
    }

    /// One flight. Errors: `slot_taken` when somebody took a time without the locks.
    static func take(_ wants: [(want: Want, span: InstantRange)], freeing: [AppointmentID] = [], _ work: Work) async throws {
        let statements =
            freeing.map { OccupancyStore.free($0) }
            + wants.map { OccupancyStore.take($0.want.demands, for: $0.span, by: $0.want.appointment, $0.want.type.id) }
        do {
            _ = try await work.query(statements)
        } catch let error as PostgresError where error.sqlState == .exclusionViolation {
            throw SlotTaken.problem
        }
    }
}

extension [InstantRange] {
    /// From the first beginning to the last end, in whatever order they are; nil of none.
    var whole: InstantRange? {
        guard let start = map(\.start).min(), let end = map(\.end).max() else { return nil }
        return InstantRange(start, end)
    }
}
