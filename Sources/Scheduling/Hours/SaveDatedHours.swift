import Access
import Jobs
import Postgres
import Values
import Web

/// Sets the hours of single days: a holiday, a day off, a long evening. Appointments that were booked stay as they are.
struct CreateDatedHours {
    let body: CreateDatedHoursBody

    func run(_ work: Work) async throws -> DatedHours {
        let hours = DatedHours(
            id: work.id(),
            resource: body.resource,
            fromDay: body.fromDay,
            throughDay: body.throughDay ?? body.fromDay,
            parts: try DatedHours.parts(body.parts),
            reason: body.reason,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now,
            updatedBy: work.caller.actor.id
        )
        try hours.checkDays()
        work.audit(Act("dated_hours.create", "dated_hours", hours.id, objects: [hours.resource?.uuid].compactMap(\.self)))
        work.tell(Event.scheduleChanged(hours.resource))
        try await keepingHours { try await work.query(DatedHoursStore.insert(hours)) }
        return hours
    }
}

struct ChangeDatedHours {
    let id: DatedHoursID
    let body: ChangeDatedHoursBody

    func run(_ work: Work) async throws -> DatedHours {
        guard let row = try await work.query(DatedHoursStore.locked(id)).first else { throw Problem.notFound }
        let old = try DatedHoursStore.hours(row)
        try work.expect(old.version)
        var new = old
        new.fromDay = body.fromDay ?? old.fromDay
        new.throughDay = body.throughDay ?? old.throughDay
        new.parts = try body.parts.map { bodies throws(Problem) in try DatedHours.parts(bodies) } ?? old.parts
        new.reason = body.reason ?? old.reason
        try new.checkDays()
        guard new != old else { return old }
        new.version += 1
        new.updatedAt = work.now
        new.updatedBy = work.caller.actor.id
        work.audit(Act("dated_hours.change", "dated_hours", id, changed: ChangeDatedHours.changed(old, new)))
        work.tell(Event.scheduleChanged(new.resource))
        try await keepingHours { try await work.query(DatedHoursStore.update(new)) }
        return new
    }

    /// The names of the members that differ.
    static func changed(_ old: DatedHours, _ new: DatedHours) -> [String] {
        var names: [String] = []
        if old.fromDay != new.fromDay { names.append("from_day") }
        if old.throughDay != new.throughDay { names.append("through_day") }
        if old.parts != new.parts { names.append("hours") }
        if old.reason != new.reason { names.append("reason") }
        return names
    }
}

struct RemoveDatedHours {
    let id: DatedHoursID

    func run(_ work: Work) async throws {
        guard let row = try await work.query(DatedHoursStore.locked(id)).first else { throw Problem.notFound }
        let old = try DatedHoursStore.hours(row)
        try work.expect(old.version)
        work.enqueue(DatedHoursStore.delete(id))
        work.audit(Act("dated_hours.remove", "dated_hours", id, objects: [old.resource?.uuid].compactMap(\.self)))
        work.tell(Event.scheduleChanged(old.resource))
    }
}

extension DatedHours {
    func checkDays() throws(Problem) {
        guard fromDay <= throughDay else { throw Problem.invalid("/through_day", "before_from", "It must not be before the first day.") }
        guard throughDay < fromDay.adding(days: DatedHours.longest) else { throw DatedHours.tooLong }
    }
}
