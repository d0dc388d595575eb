import Values

/// A resource, or (nil) everything at the location, that is out for some time.
struct Outage: Sendable, Hashable {
    var resource: ResourceID?
    var span: InstantRange
}

/// All that is known of a day that is to be repaired. Pure: the search reads nothing else.
struct RepairDay: Sendable {
    /// An appointment of the day, as far as the search asks.
    struct Visit: Sendable, Hashable {
        let id: AppointmentID
        let version: Int
        let patient: PatientID
        let type: AppointmentTypeID
        let provider: ResourceID
        let further: [ResourceID]
        let span: InstantRange
        let status: Appointment.Status

        /// Whoever has arrived is here already: people decide what becomes of them.
        var isMovable: Bool { Appointment.Step.move.allowed.contains(status) }
        var cast: [ResourceID] { [provider] + further }
    }

    var visits: [Visit]
    var types: [AppointmentTypeID: AppointmentType]
    /// In use, and those the visits have.
    var resources: [ResourceID: Resource]
    /// Everything that is taken on this day, of all calendars and patients.
    var taken: [Occupancy]
    var timetable: Timetable
    var clock: DayClock
    var now: Instant
    var outages: [Outage]
    var allotments: [ResourceID: [InstantRange]] = [:]
    /// Proposed times begin at multiples of so many minutes of the day, or where the visit is.
    var step = 15
    /// How many patients whom no outage touches may be moved to make room.
    var othersAtMost = 2
    var keepsProviders = false

    /// Whether an outage takes a resource of this visit, or the minutes kept around it.
    func isAffected(_ visit: Visit) -> Bool {
        guard let type = types[visit.type] else { return false }
        return visit.cast.contains { id in
            let span = resources[id].map { Demand($0, type).span(for: visit.span) } ?? visit.span
            return outages.contains { ($0.resource == nil || $0.resource == id) && $0.span.overlaps(span) }
        }
    }

    func demands(_ visit: Visit, _ cast: [ResourceID]) -> [Demand] {
        guard let type = types[visit.type] else { return [] }
        return cast.compactMap { resources[$0].map { Demand($0, type) } } + [Demand(patient: visit.patient)]
    }
}

/// What is proposed: every appointment of the day, kept, moved or without a place.
struct RepairProposal: Sendable {
    enum Verdict: String, Sendable, CaseIterable {
        case kept, moved
        case stuck = "cannot_be_placed"
    }

    /// Why an appointment cannot be placed.
    enum Reason: String, Sendable, CaseIterable {
        /// The patient is here already, or the visit is over.
        case underWay = "under_way"
        /// Nobody else may perform it.
        case noPerformer = "no_performer"
        /// Nobody who may perform it, or no room it needs, can be used at any time left of the day.
        case noHours = "no_hours"
        /// Every time that is left is taken, or the patient's own.
        case taken
    }

    struct Item: Sendable, Hashable {
        let visit: RepairDay.Visit
        let isAffected: Bool
        var verdict: Verdict
        var reason: Reason?
        var to: RepairPlace?
        /// A patient is disturbed by another time or another provider, not by another room.
        var isDisturbed: Bool {
            guard let to else { return false }
            return to.span != visit.span || to.provider != visit.provider
        }
    }

    let items: [Item]
    /// Whether nothing better exists; false when the search was ended at its limit.
    let isBest: Bool

    var affected: Int { items.count(where: \.isAffected) }
    var moved: Int { items.count { $0.verdict == .moved } }
    var stuck: Int { items.count { $0.verdict == .stuck } }
    var disturbed: Int { items.count(where: \.isDisturbed) }
}

/// Where a visit could be.
struct RepairPlace: Sendable, Hashable {
    let provider: ResourceID
    let further: [ResourceID]
    let span: InstantRange
}

/// What a change costs, as one number whose higher parts always outweigh the lower: patients without a place, patients disturbed, minutes of
/// shift, changes of provider, changes of rooms. A day has fewer than a thousand of each.
enum RepairWeight {
    static let room = 1
    static let provider = 1 << 10
    static let minute = 1 << 20
    static let disturbed = 1 << 42
    static let stuck = 1 << 52

    static func of(_ place: RepairPlace, instead visit: RepairDay.Visit) -> Int {
        let shift = Int(clamping: abs(place.span.start.seconds(since: visit.span.start)) / 60)
        let isOtherProvider = place.provider != visit.provider
        let rooms = Set(place.further).subtracting(visit.further).count
        return (shift > 0 || isOtherProvider ? disturbed : 0) + shift * minute + (isOtherProvider ? provider : 0) + rooms * room
    }
}
