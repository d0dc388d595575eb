import Postgres
import Values

/// Reads what is set for some calendars in a window of time, of three tables at once: it rides in every booking's first flight.
enum TimetableStore {
    /// Beyond what a window of some weeks and two hundred resources can hold.
    static let limit = 20_000

    /// The location's own and these resources'; nil are all there are.
    static func of(_ resources: [UUID]?, in window: InstantRange) -> Statement {
        var their: Statement = "true"
        if let resources { their = "(resource_id is null or resource_id = any(\(resources)))" }
        // Days a day wider than the window, whatever the zone.
        let days = TimeZoneRules(.utc)
        let first = days.wallClock(at: window.start).day.adding(days: -1)
        let last = days.wallClock(at: window.end).day.adding(days: 1)
        // Each row is of one of the tables, told by its first column.
        return """
            select 'weekly' as source, id, resource_id, weekday, array[from_minute, until_minute] as minutes, from_day, until_day, null::tstzrange as span,
                null::text as reason, null::text as reason_text, version, created_at, updated_at, updated_by
            from {location}.weekly_hours where 
            """ + their + " and from_day <= \(last) and (until_day is null or until_day > \(first))" + """
                 union all
                select 'dated', id, resource_id, null, minutes, from_day, until_day, null, reason, null, version, created_at, updated_at, updated_by
                from {location}.dated_hours where 
                """ + their + " and from_day <= \(last) and until_day > \(first)" + """
                     union all
                    select 'block', id, resource_id, null, null, null, null, span, reason_code, reason_text, version, created_at, updated_at, updated_by
                    from {location}.block where 
                    """ + their + " and span && \(window) limit \(limit)"
    }

    static let tooMuch = Problem.invalid(
        "too_many_hours",
        "More working hours and blocks are set than can be looked at together. Ask for fewer days."
    )

    /// Errors: `too_many_hours`, rather than leave some out.
    static func timetable(_ rows: Rows, _ rules: TimeZoneRules) throws -> Timetable {
        guard rows.count < limit else { throw tooMuch }
        var weekly: [WeeklyHours] = []
        var dated: [DatedHours] = []
        var blocks: [Block] = []
        for row in rows {
            switch try row.value(0, as: String.self) {
            case "weekly": weekly.append(try weeklyHours(row))
            case "dated": dated.append(try datedHours(row))
            default: blocks.append(try block(row))
            }
        }
        return Timetable(rules, weekly: weekly, dated: dated, blocks: blocks)
    }

    private static func weeklyHours(_ row: Row) throws -> WeeklyHours {
        guard let part = try DatedHoursStore.parts(try row.value(4)).first else {
            throw Problem(.failed, "hours_damaged", "These working hours cannot be read.")
        }
        return WeeklyHours(
            id: try row.value(1),
            resource: try row.value(2),
            weekday: try row.value(3),
            part: part,
            fromDay: try row.value(5),
            throughDay: try row.value(6, as: Day?.self)?.adding(days: -1),
            version: try row.value(10),
            createdAt: try row.value(11),
            updatedAt: try row.value(12),
            updatedBy: try row.value(13)
        )
    }

    private static func datedHours(_ row: Row) throws -> DatedHours {
        DatedHours(
            id: try row.value(1),
            resource: try row.value(2),
            fromDay: try row.value(5),
            throughDay: try row.value(6, as: Day.self).adding(days: -1),
            parts: try DatedHoursStore.parts(try row.value(4)),
            reason: try row.value(8),
            version: try row.value(10),
            createdAt: try row.value(11),
            updatedAt: try row.value(12),
            updatedBy: try row.value(13)
        )
    }

    private static func block(_ row: Row) throws -> Block {
        Block(
            id: try row.value(1),
            resource: try row.value(2),
            span: try row.value(7),
            reasonCode: try row.value(8),
            reasonText: try row.value(9),
            version: try row.value(10),
            createdAt: try row.value(11),
            updatedAt: try row.value(12),
            updatedBy: try row.value(13)
        )
    }
}
