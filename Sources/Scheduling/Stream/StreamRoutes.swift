import Access
import Jobs
import Tenancy
import Values
import Web

struct StreamRoutes {
    private let log: EventLog
    private let tail: EventTail

    init(tenancy: Tenancy) {
        log = EventLog(tenancy: tenancy)
        tail = EventTail(log)
    }

    var routes: [Route] {
        [
            .stream(
                "/v1/locations/{location}/events",
                "Tells which appointments, hours and offers to the waitlist change, as it happens; after `reset` read everything again",
                .permission(.scheduleRead)
            ) { [log, tail] call, last in
                let location = try call.location
                let known = try last.map { text throws(Problem) in
                    guard let position = EventPosition(text) else { throw Route.eventIDUnknown }
                    return position
                }
                try await call.tenancy.read(location, lazily: true) { tx in
                    tx.audit(Act("events.followed", "location", location.id), by: call.caller, at: call.now, ambient: call.ambient)
                }
                let start = if let known { known } else { try await log.newest(at: location) }
                return ScheduleEvents(log: log, tail: tail, from: start)
            }
        ]
    }
}
