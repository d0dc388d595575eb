import Access
import Postgres
import Values

/// Who an appointment is for, as far as rules ask.
struct Patron: Sendable, Hashable {
    let id: PatientID
    /// Seen at this location before.
    let isReturning: Bool
}

/// All rules that decide whether an appointment can be at a time, and what is known to decide it. Booking, moving, holding and explanations ask
/// the same ones; openings sweep over them, and a test holds the two together. Pure.
struct Rulebook: Sendable {
    let type: AppointmentType
    /// nil where nobody is named yet.
    let patron: Patron?
    /// The provider first.
    let cast: [Resource]
    let timetable: Timetable
    let diary: Diary
    let now: Instant
    /// What is this location's of the resources that locations share.
    var allotments: [ResourceID: [InstantRange]] = [:]
    /// The hours that are set in the diary's window: of the location (nil) and of each of the cast.
    let hours: [(calendar: ResourceID?, open: [InstantRange])]
    /// The first moment it may no longer begin at: the horizon ends with a day of the location's calendar.
    let latestStart: Instant?

    init(type: AppointmentType, patron: Patron?, cast: [Resource], timetable: Timetable, diary: Diary, now: Instant) {
        self.type = type
        self.patron = patron
        self.cast = cast
        self.timetable = timetable
        self.diary = diary
        self.now = now
        let clock = DayClock(diary.window, timetable.rules)
        let calendars: [ResourceID?] = [nil] + cast.map { Optional($0.id) }
        hours = calendars.compactMap { calendar in timetable.hours(of: calendar, clock).map { (calendar, $0) } }
        latestStart = type.latestStart(timetable.rules, now: now)
    }

    var demands: [Demand] { cast.map { Demand($0, type) } + (patron.map { [Demand(patient: $0.id)] } ?? []) }

    /// All that stands in the way of an appointment of this span; empty when it can be booked.
    func obstacles(to span: InstantRange) -> [Obstacle] { restrictions(on: span) + collisions(with: span) }

    /// Rules that do not depend on what is booked.
    func restrictions(on span: InstantRange) -> [Obstacle] {
        type.standing(for: patron) + ofCast() + ofStart(span) + ofHours(span) + ofBlocks(span) + ofAllotments(span)
    }

    /// Rules that no other time would change.
    var standing: [Obstacle] { type.standing(for: patron) + ofCast() }

    /// Whether no rule that depends on the time is against it: the same as looking for obstacles, without naming them.
    func allows(_ span: InstantRange) -> Bool {
        (type.leadMinutes == 0 || span.start >= now.adding(minutes: type.leadMinutes)) && latestStart.map { span.start < $0 } ?? true
            && hours.allSatisfy { $0.open.contains { $0.contains(span) } } && ofBlocks(span).isEmpty && ofAllotments(span).isEmpty
    }

    // MARK: The type's rules

    private func ofStart(_ span: InstantRange) -> [Obstacle] {
        var found: [Obstacle] = []
        let earliest = now.adding(minutes: type.leadMinutes)
        if type.leadMinutes > 0, span.start < earliest {
            var remedy = Remedy(.startAt)
            remedy.startsAt = earliest.roundedUpToMinute
            found.append(Obstacle(.leadTime, at: InstantRange(span.start, earliest), cause: type.cause, remedy))
        }
        if let latest = latestStart, span.start >= latest {
            var remedy = Remedy(.startAt)
            remedy.startsAt = latest.adding(minutes: -1)
            found.append(Obstacle(.horizon, cause: type.cause, remedy))
        }
        return found
    }

    private func ofCast() -> [Obstacle] {
        var found: [Obstacle] = []
        for resource in cast where !resource.active {
            found.append(
                Obstacle(
                    .resourceInactive,
                    of: resource.id.uuid,
                    cause: Obstacle.Cause(.resource, resource.id.uuid, at: resource.updatedAt),
                    Remedy(.activate, id: resource.id.uuid)
                )
            )
        }
        // Who performs is the first; others may assist.
        if let provider = cast.first(where: { $0.kind == .provider }), !type.mayPerform(provider.id) {
            var remedy = Remedy(.chooseProvider)
            remedy.providers = type.performers
            found.append(Obstacle(.performer, of: provider.id.uuid, cause: type.cause, remedy))
        }
        for kind in type.missing(from: cast.map(\.kind)) {
            var remedy = Remedy(.addResource)
            remedy.kind = kind
            found.append(Obstacle(.resourceMissing, remedy))
        }
        return found
    }

    private func ofAllotments(_ span: InstantRange) -> [Obstacle] {
        cast.filter(\.shared).compactMap { resource in
            let wanted = Demand(resource, type).span(for: span)
            guard let own = allotments[resource.id], !own.contains(where: { $0.contains(wanted) }) else { return nil }
            var remedy = Remedy(.askForAllotment)
            remedy.resource = resource.id
            return Obstacle(.outsideAllotment, of: resource.id.uuid, at: wanted, remedy)
        }
    }

    // MARK: What is taken

    /// What is booked or held in its way.
    func collisions(with span: InstantRange) -> [Obstacle] {
        diary.conflicts(demands, span).map { taken in
            let holder = cast.first { $0.id.uuid == taken.holder }
            let rule: Obstacle.Rule =
                if holder == nil {
                    .patientBusy
                } else if type.seats > 1 && taken.type != type.id {
                    .otherGroup
                } else {
                    taken.touches(span) ? .occupied : .buffer
                }
            let cause = Obstacle.Cause(
                taken.isForWaitlist ? .waitlistHold : taken.isHold ? .hold : .appointment,
                taken.appointment.uuid,
                by: taken.setBy,
                at: taken.setAt
            )
            var remedy = Remedy(
                taken.isForWaitlist ? .releaseHold : taken.isHold ? .awaitHold : .moveAppointment,
                id: taken.appointment.uuid
            )
            if taken.isForWaitlist { remedy.permission = .appointmentsBook }
            let isDoubling = holder?.kind == .provider && type.doubleBooking == .withReason
            return Obstacle(rule, of: taken.holder, at: taken.span, cause: cause, remedy, doubling: isDoubling)
        }
    }
}

extension AppointmentType {
    var cause: Obstacle.Cause { Obstacle.Cause(.appointmentType, id.uuid, by: updatedBy, at: updatedAt) }

    /// What of the type itself is against a patient, whatever the time.
    func standing(for patron: Patron?) -> [Obstacle] {
        var found: [Obstacle] = []
        if !active { found.append(Obstacle(.typeInactive, cause: cause, Remedy(.chooseType))) }
        if patients == .new, patron?.isReturning == true { found.append(Obstacle(.newPatientsOnly, cause: cause, Remedy(.chooseType))) }
        if patients == .returning, patron?.isReturning == false {
            found.append(Obstacle(.returningPatientsOnly, cause: cause, Remedy(.chooseType)))
        }
        return found
    }

    func latestStart(_ rules: TimeZoneRules, now: Instant) -> Instant? {
        horizonDays.map { rules.start(of: rules.wallClock(at: now).day.adding(days: $0 + 1)) }
    }
}

extension Instant {
    var roundedUpToMinute: Instant {
        let minute: Int64 = 60_000_000
        let over = microseconds % minute
        return over == 0 ? self : Instant(microseconds: microseconds - over + (over < 0 ? 0 : minute))
    }
}
