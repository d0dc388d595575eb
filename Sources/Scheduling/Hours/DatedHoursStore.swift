import Postgres
import Values

/// All SQL on `dated_hours`.
enum DatedHoursStore {
    private static let all: Statement = """
        select id, resource_id, from_day, until_day, minutes, reason, version, created_at, updated_at, updated_by
        from {location}.dated_hours
        """

    static func one(_ id: DatedHoursID) -> Statement { all + " where id = \(id)" }

    static func locked(_ id: DatedHoursID) -> Statement { all + " where id = \(id) for no key update" }

    static func page(_ query: HoursQuery, after: (day: Day, id: DatedHoursID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let resource = query.resource { select += " and resource_id = \(resource)" }
        if query.location == true { select += " and resource_id is null" }
        if let day = query.day { select += " and from_day <= \(day) and \(day) < until_day" }
        if let after { select += " and (from_day, id) > (\(after.day), \(after.id))" }
        return select + " order by from_day, id limit \(limit)"
    }

    static func insert(_ hours: DatedHours) -> Statement {
        """
        insert into {location}.dated_hours (id, resource_id, from_day, until_day, minutes, reason, created_at, created_by, updated_at, updated_by)
        values (\(hours.id), \(hours.resource), \(hours.fromDay), \(hours.throughDay.adding(days: 1)), \(minutes(hours.parts)), \(hours.reason),
            \(hours.createdAt), \(hours.updatedBy), \(hours.updatedAt), \(hours.updatedBy))
        """
    }

    static func update(_ hours: DatedHours) -> Statement {
        """
        update {location}.dated_hours set from_day = \(hours.fromDay), until_day = \(hours.throughDay.adding(days: 1)),
            minutes = \(minutes(hours.parts)), reason = \(hours.reason), version = \(hours.version), updated_at = \(hours.updatedAt),
            updated_by = \(hours.updatedBy)
        where id = \(hours.id)
        """
    }

    static func delete(_ id: DatedHoursID) -> Statement { "delete from {location}.dated_hours where id = \(id)" }

    static func hours(_ row: Row) throws -> DatedHours {
        DatedHours(
            id: try row.value(0),
            resource: try row.value(1),
            fromDay: try row.value(2),
            throughDay: try row.value(3, as: Day.self).adding(days: -1),
            parts: try parts(row.value(4)),
            reason: try row.value(5),
            version: try row.value(6),
            createdAt: try row.value(7),
            updatedAt: try row.value(8),
            updatedBy: try row.value(9)
        )
    }

    /// Pairs of from and until, as the table keeps them.
    static func minutes(_ parts: [DayPart]) -> [Int32] { parts.flatMap { [Int32(clamping: $0.from), Int32(clamping: $0.until)] } }

    static func parts(_ minutes: [Int]) throws(Problem) -> [DayPart] {
        let parts = stride(from: 0, to: minutes.count - 1, by: 2).compactMap { DayPart(from: minutes[$0], until: minutes[$0 + 1]) }
        guard parts.count * 2 == minutes.count else { throw Problem(.failed, "hours_damaged", "These hours cannot be read.") }
        return parts
    }
}
