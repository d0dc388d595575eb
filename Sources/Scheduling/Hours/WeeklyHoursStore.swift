import Postgres
import Values

/// All SQL on `weekly_hours`. The table's until_day is the first day after; here and outside the last day is named.
enum WeeklyHoursStore {
    private static let all: Statement = """
        select id, resource_id, weekday, from_minute, until_minute, from_day, until_day, version, created_at, updated_at, updated_by
        from {location}.weekly_hours
        """

    static func one(_ id: WeeklyHoursID) -> Statement { all + " where id = \(id)" }

    static func locked(_ id: WeeklyHoursID) -> Statement { all + " where id = \(id) for no key update" }

    static func page(_ query: HoursQuery, after: (weekday: Int, from: Int, id: WeeklyHoursID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let resource = query.resource { select += " and resource_id = \(resource)" }
        if query.location == true { select += " and resource_id is null" }
        if let day = query.day { select += " and from_day <= \(day) and (until_day is null or \(day) < until_day)" }
        if let after { select += " and (weekday, from_minute, id) > (\(after.weekday), \(after.from), \(after.id))" }
        return select + " order by weekday, from_minute, id limit \(limit)"
    }

    static func insert(_ hours: WeeklyHours) -> Statement {
        """
        insert into {location}.weekly_hours (id, resource_id, weekday, from_minute, until_minute, from_day, until_day, created_at, created_by,
            updated_at, updated_by)
        values (\(hours.id), \(hours.resource), \(hours.weekday), \(hours.part.from), \(hours.part.until), \(hours.fromDay),
            \(hours.throughDay?.adding(days: 1)), \(hours.createdAt), \(hours.updatedBy), \(hours.updatedAt), \(hours.updatedBy))
        """
    }

    static func update(_ hours: WeeklyHours) -> Statement {
        """
        update {location}.weekly_hours set weekday = \(hours.weekday), from_minute = \(hours.part.from), until_minute = \(hours.part.until),
            from_day = \(hours.fromDay), until_day = \(hours.throughDay?.adding(days: 1)), version = \(hours.version),
            updated_at = \(hours.updatedAt), updated_by = \(hours.updatedBy)
        where id = \(hours.id)
        """
    }

    static func delete(_ id: WeeklyHoursID) -> Statement { "delete from {location}.weekly_hours where id = \(id)" }

    static func hours(_ row: Row) throws -> WeeklyHours {
        guard let part = DayPart(from: try row.value(3), until: try row.value(4)) else {
            throw Problem(.failed, "hours_damaged", "These working hours cannot be read.")
        }
        return WeeklyHours(
            id: try row.value(0),
            resource: try row.value(1),
            weekday: try row.value(2),
            part: part,
            fromDay: try row.value(5),
            throughDay: try row.value(6, as: Day?.self)?.adding(days: -1),
            version: try row.value(7),
            createdAt: try row.value(8),
            updatedAt: try row.value(9),
            updatedBy: try row.value(10)
        )
    }
}

/// Runs a statement on hours or blocks, and says in words what a constraint refuses.
func keepingHours(_ run: () async throws -> Rows) async throws {
    do {
        _ = try await run()
    } catch let error as PostgresError {
        switch error.constraint {
        case "weekly_hours_overlap": throw WeeklyHours.overlap
        case "dated_hours_overlap": throw DatedHours.overlap
        case "weekly_hours_resource_id_fkey", "dated_hours_resource_id_fkey", "block_resource_id_fkey":
            throw Problem.invalid("/resource_id", "unknown_reference", "There is no such resource at this location.")
        default: throw error
        }
    }
}
