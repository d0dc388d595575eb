import Access
import Postgres
import Tenancy
import Values
import Web

/// A day's board in one request: several tables, one flight, and one line in the trail with everything shown.
struct ShowDayBoard {
    let day: Day
    let call: Call

    /// What a caller who asks again is asked first: the number alone, and nothing is shown or recorded when it is the same.
    func version() async throws -> Int? {
        let location = try call.location
        let rows = try await call.tenancy.read(location, BoardStore.version(day, location.rules.span(of: day), at: call.now))
        return try BoardStore.number(rows)
    }

    func run() async throws -> DayBoard {
        let location = try call.location
        let clock = DayClock(day, through: day, location.rules)
        let span = clock.span(of: day)
        return try await call.tenancy.read(location, lazily: true) { tx in
            let answers = try await tx.query([
                BoardStore.surroundings(day, span, at: call.now), ResourceStore.inUse, TimetableStore.of(nil, in: span),
                BoardStore.entries(span),
                HoldStore.live(in: span, at: call.now),
            ])
            guard answers[3].count < BoardStore.limit, answers[4].count < BoardStore.limit else { throw DayBoard.tooMuch }
            let entries = try answers[3].map(BoardStore.entry)
            let holds = try answers[4].map(HoldStore.hold)
            tx.audit(
                Act(
                    "board.read",
                    "appointment",
                    patients: Array(Set(entries.map(\.patient) + holds.compactMap(\.patient))).sorted(),
                    objects: entries.map(\.id.uuid) + holds.map(\.id.uuid)
                ),
                by: call.caller,
                at: call.now,
                ambient: call.ambient
            )
            let timetable = try TimetableStore.timetable(answers[2], location.rules)
            let open = timetable.hours(of: nil, clock)
            return DayBoard(
                day: day,
                timeZone: location.timeZone.name,
                version: try BoardStore.version(answers[0], answers[3]),
                hours: open,
                reason: timetable.plan(of: nil, on: day)?.dated?.reason,
                columns: try ResourceStore.resources(answers[1]).map { resource in
                    let own = timetable.hours(of: resource.id, clock)
                    return DayBoard.Column(resource: resource, hours: own.map { InstantRange.common($0, open ?? [span]) } ?? open)
                },
                entries: entries,
                blocks: timetable.allBlocks,
                holds: holds
            )
        }
    }
}

struct BoardRoutes {
    var routes: [Route] {
        [
            .get(
                "/v1/locations/{location}/day-boards/{day:day}",
                "Shows everything a calendar shows of a day: hours, appointments, blocks and holds of all resources",
                .permission(.appointmentsRead),
                answer: DayBoard.shape,
                errors: [DayBoard.tooMuch, Resource.tooMany, TimetableStore.tooMuch],
                version: { call in try await ShowDayBoard(day: try BoardRoutes.day(call), call: call).version() }
            ) { call in
                try await ShowDayBoard(day: try BoardRoutes.day(call), call: call).run()
            }
        ]
    }

    private static func day(_ call: Call) throws(Problem) -> Day {
        guard let day = Day(try call.path.text("day")) else { throw Problem.notFound }
        return day
    }
}
