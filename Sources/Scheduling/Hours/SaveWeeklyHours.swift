import Access
import Jobs
import Postgres
import Values
import Web

/// Sets working hours of a resource, or opening hours of the location. Appointments that were booked stay as they are.
struct CreateWeeklyHours {
    let body: CreateWeeklyHoursBody

    func run(_ work: Work) async throws -> WeeklyHours {
        let hours = WeeklyHours(
            id: work.id(),
            resource: body.resource,
            weekday: body.weekday,
            part: try WeeklyHours.part(body.from, body.until),
            fromDay: body.fromDay ?? work.today,
            throughDay: body.throughDay,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now,
            updatedBy: work.caller.actor.id
        )
        try hours.checkDays()
        work.audit(Act("weekly_hours.create", "weekly_hours", hours.id, objects: [hours.resource?.uuid].compactMap(\.self)))
        work.tell(Event.scheduleChanged(hours.resource))
        try await keepingHours { try await work.query(WeeklyHoursStore.insert(hours)) }
        return hours
    }
}

struct ChangeWeeklyHours {
    let id: WeeklyHoursID
    let body: ChangeWeeklyHoursBody

    func run(_ work: Work) async throws -> WeeklyHours {
        guard let row = try await work.query(WeeklyHoursStore.locked(id)).first else { throw Problem.notFound }
        let old = try WeeklyHoursStore.hours(row)
        try work.expect(old.version)
        var new = old
        new.weekday = body.weekday ?? old.weekday
        new.part = try WeeklyHours.part(body.from ?? old.part.starts, body.until ?? old.part.ends)
        new.fromDay = body.fromDay ?? old.fromDay
        new.throughDay = body.throughDay.applied(to: old.throughDay)
        try new.checkDays()
        guard new != old else { return old }
        new.version += 1
        new.updatedAt = work.now
        new.updatedBy = work.caller.actor.id
        work.audit(Act("weekly_hours.change", "weekly_hours", id, changed: ChangeWeeklyHours.changed(old, new)))
        work.tell(Event.scheduleChanged(new.resource))
        try await keepingHours { try await work.query(WeeklyHoursStore.update(new)) }
        return new
    }

    /// The names of the members that differ.
    static func changed(_ old: WeeklyHours, _ new: WeeklyHours) -> [String] {
        var names: [String] = []
        if old.weekday != new.weekday { names.append("weekday") }
        if old.part.from != new.part.from { names.append("from") }
        if old.part.until != new.part.until { names.append("until") }
        if old.fromDay != new.fromDay { names.append("from_day") }
        if old.throughDay != new.throughDay { names.append("through_day") }
        return names
    }
}

struct RemoveWeeklyHours {
    let id: WeeklyHoursID

    func run(_ work: Work) async throws {
        guard let row = try await work.query(WeeklyHoursStore.locked(id)).first else { throw Problem.notFound }
        let old = try WeeklyHoursStore.hours(row)
        try work.expect(old.version)
        work.enqueue(WeeklyHoursStore.delete(id))
        work.audit(Act("weekly_hours.remove", "weekly_hours", id, objects: [old.resource?.uuid].compactMap(\.self)))
        work.tell(Event.scheduleChanged(old.resource))
    }
}

extension WeeklyHours {
    static func part(_ from: TimeOfDay, _ until: TimeOfDay) throws(Problem) -> DayPart {
        guard let part = DayPart(from, until) else { throw Problem.invalid("/until", "before_from", DayPart.backwards) }
        return part
    }

    func checkDays() throws(Problem) {
        guard throughDay.map({ fromDay <= $0 }) ?? true else {
            throw Problem.invalid("/through_day", "before_from", "It must not be before the first day.")
        }
    }
}

extension Event {
    /// Hours, closures or blocks changed: of one resource, or of the whole location.
    static func scheduleChanged(_ resource: ResourceID?) -> Event {
        var members: QueueMembers = [:]
        members["resource"] = resource?.queueText
        return Event("schedule.changed", members)
    }
}
