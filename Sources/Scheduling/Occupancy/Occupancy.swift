import Postgres
import Values

/// Time that is taken of one resource, or of one patient, by one appointment.
struct Occupancy: Sendable, Hashable {
    let appointment: AppointmentID
    /// A resource's id or a patient's: both have calendars.
    let holder: UUID
    let lanes: Int4Range
    /// With the buffers of the appointment's type; a patient's span has none.
    let span: InstantRange
}

/// What an appointment takes of one resource, or of its patient.
struct Demand: Sendable, Hashable {
    let holder: UUID
    /// How many appointments may have it at once; 1 takes it whole.
    let lanes: Int
    /// Minutes.
    let bufferBefore: Int
    let bufferAfter: Int

    /// A patient is in one place at a time, and no buffer is theirs.
    init(patient: PatientID) {
        self.init(holder: patient.uuid, lanes: 1, bufferBefore: 0, bufferAfter: 0)
    }

    init(_ resource: Resource, _ type: AppointmentType) {
        self.init(holder: resource.id.uuid, lanes: resource.lanes, bufferBefore: type.bufferBefore, bufferAfter: type.bufferAfter)
    }

    init(holder: UUID, lanes: Int, bufferBefore: Int, bufferAfter: Int) {
        self.holder = holder
        self.lanes = lanes
        self.bufferBefore = bufferBefore
        self.bufferAfter = bufferAfter
    }

    /// The time taken for an appointment of `span`.
    func span(for span: InstantRange) -> InstantRange {
        // Buffers only widen, so the range is never empty.
        InstantRange(span.start.adding(minutes: -bufferBefore), span.end.adding(minutes: bufferAfter)) ?? span
    }
}

extension InstantRange {
    func overlaps(_ other: InstantRange) -> Bool { start < other.end && other.start < end }
    func contains(_ other: InstantRange) -> Bool { start <= other.start && other.end <= end }
}

extension Int4Range {
    func contains(lane: Int) -> Bool { lower <= Int32(clamping: lane) && upper.map { Int32(clamping: lane) < $0 } ?? true }
}
