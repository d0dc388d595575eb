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
    var type: AppointmentTypeID?
    /// How many at once its type puts up with: 1 wants to be alone, 0 is a group, which is with nobody else.
    var sharing = 1
    var isHold = false
    /// A hold of time that is offered to the waitlist: where an explanation asks.
    var isForWaitlist = false
    /// What the patient was told, who booked it and when: where an explanation asks.
    var visit: InstantRange?
    var setBy: UUID?
    var setAt: Instant?

    /// Minutes that a span has at most; the database refuses more.
    static let longest = AppointmentType.minutesRange.upperBound + 2 * AppointmentType.bufferRange.upperBound

    /// Whether it overlaps somebody's visit itself, not only minutes before or after one of the two.
    func touches(_ other: InstantRange) -> Bool { (visit ?? span).overlaps(other) }
}

/// What an appointment takes of one resource, or of its patient.
struct Demand: Sendable, Hashable {
    let holder: UUID
    /// How many appointments may have it at once; 1 takes it whole.
    let lanes: Int
    /// Minutes.
    let bufferBefore: Int
    let bufferAfter: Int
    /// How many the resource has room for, whatever the types say.
    let capacity: Int
    /// Only of a provider may a type have more at once than there is room for.
    let isProvider: Bool
    /// For a group: with whom it may be, at the same time only.
    var group: AppointmentTypeID?
    /// Somebody with the right to it books over what is taken.
    var doubling = false

    /// More than anybody takes at once.
    static let mostLanes = 100

    /// A patient is in one place at a time, and no buffer is theirs.
    init(patient: PatientID) {
        self.init(holder: patient.uuid, lanes: 1, bufferBefore: 0, bufferAfter: 0)
    }

    init(_ resource: Resource, _ type: AppointmentType) {
        let isProvider = resource.kind == .provider
        self.init(
            holder: resource.id.uuid,
            lanes: type.seats > 1 ? type.seats : isProvider ? max(resource.lanes, type.sharing) : resource.lanes,
            capacity: resource.lanes,
            isProvider: isProvider,
            bufferBefore: type.bufferBefore,
            bufferAfter: type.bufferAfter
        )
        group = type.seats > 1 ? type.id : nil
    }

    init(holder: UUID, lanes: Int, capacity: Int? = nil, isProvider: Bool = false, bufferBefore: Int, bufferAfter: Int) {
        self.holder = holder
        self.lanes = lanes
        self.capacity = capacity ?? lanes
        self.isProvider = isProvider
        self.bufferBefore = bufferBefore
        self.bufferAfter = bufferAfter
    }

    /// How many may be at once where an appointment is that puts up with so many.
    func most(beside sharing: Int) -> Int { sharing == 0 ? 0 : isProvider ? max(capacity, sharing) : capacity }

    /// The lowest lane that nobody has who is there, and that all of them put up with; those of its own group do.
    func freeLane(beside there: some Sequence<Occupancy>) -> Int? { (0..<lanes).first { isFree($0, beside: there) } }

    /// How many such lanes there are.
    func freeLanes(beside there: some Sequence<Occupancy>) -> Int { (0..<lanes).count { isFree($0, beside: there) } }

    private func isFree(_ lane: Int, beside there: some Sequence<Occupancy>) -> Bool {
        !there.contains { $0.lanes.contains(lane: lane) || group == nil && most(beside: $0.sharing) <= lane }
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

extension AppointmentType {
    /// As `Occupancy.sharing` has it.
    var sharing: Int { seats > 1 ? 0 : doubleBooking == .lanes ? lanes : 1 }
}
