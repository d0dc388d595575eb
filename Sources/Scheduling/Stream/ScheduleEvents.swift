import Access
import Jobs
import Values
import Web

/// What changes at a location, for boards and calendars that are to be right without asking again and again: which appointment and which day,
/// what is offered to the waitlist, and what moved patients are asked; never whose. What has changed is then read as always, and recorded as always.
struct ScheduleEvents: EventSource {
    /// The events it brings, and what somebody must be allowed to be told of them.
    static let shown: [String: Permission] = [
        "appointment.booked": .appointmentsRead, "appointment.confirmed": .appointmentsRead, "appointment.moved": .appointmentsRead,
        "appointment.cancelled": .appointmentsRead, "appointment.arrived": .appointmentsRead, "appointment.roomed": .appointmentsRead,
        "appointment.in_session": .appointmentsRead, "appointment.checking_out": .appointmentsRead,
        "appointment.completed": .appointmentsRead, "appointment.no_show": .appointmentsRead, "appointment.restored": .appointmentsRead,
        "schedule.changed": .scheduleRead,
        "waitlist.freed": .appointmentsRead, "waitlist.offered": .appointmentsRead, "waitlist.claimed": .appointmentsRead,
        "waitlist.lapsed": .appointmentsRead, "waitlist.elsewhere_settled": .appointmentsRead,
        "repair.asked": .appointmentsRead, "repair.answered": .appointmentsRead, "repair.lapsed": .appointmentsRead,
    ]
    private static let members = ["appointment", "day", "previous_day", "resource", "slot", "offer", "entry", "question", "answer", "how"]

    let log: EventLog
    let tail: EventTail
    private var position: EventPosition
    private var isOpened = false

    init(log: EventLog, tail: EventTail, from position: EventPosition) {
        self.log = log
        self.tail = tail
        self.position = position
    }

    mutating func next(_ call: Call) async throws -> [StreamEvent] {
        guard isOpened else {
            isOpened = true
            // Known before the first event, so that whoever is cut off at once can go on from here.
            return [StreamEvent(id: position.text, name: "ready", data: .object([]))]
        }
        let location = try call.location
        guard try await tail.newest(at: location) != position else { return [] }
        switch try await log.after(position, at: location) {
        case .events(let events):
            position = events.last?.position ?? position
            return events.compactMap { told in ScheduleEvents.shown[told.event.name].map(call.may) == true ? message(told) : nil }
        case .gap(let newest):
            position = newest
            return [StreamEvent(id: newest.text, name: "reset", data: .object([]))]
        }
    }

    private func message(_ told: NumberedEvent) -> StreamEvent {
        var members: [(key: String, value: JSON)] = [("at", .string(told.at.description)), ("version", .integer(told.event.version))]
        for name in ScheduleEvents.members {
            if let value = told.event.members[name] { members.append((name, .string(value))) }
        }
        return StreamEvent(id: told.position.text, name: told.event.name, data: .object(members))
    }
}
