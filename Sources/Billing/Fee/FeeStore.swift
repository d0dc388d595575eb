import Postgres
import Values

/// All SQL on `fee_schedule` and `fee`.
enum FeeStore {
    static func insert(_ schedule: FeeSchedule, at now: Instant, by actor: UUID) -> Statement {
        """
        insert into {location}.fee_schedule (id, name, from_day, until_day, created_at, created_by, updated_at, updated_by)
        values (\(schedule.id), \(schedule.name), \(schedule.from), \(schedule.until), \(now), \(actor), \(now), \(actor))
        """
    }

    static func insert(_ fee: FeeSchedule.Fee, of schedule: FeeScheduleID) -> Statement {
        """
        insert into {location}.fee (schedule_id, code, description, amount) values (\(schedule), \(fee.code), \(fee.description), \(fee.amount))
        """
    }

    static func removeFees(of schedule: FeeScheduleID) -> Statement {
        "delete from {location}.fee where schedule_id = \(schedule)"
    }

    static func update(_ schedule: FeeSchedule, expected: Int?, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.fee_schedule set name = \(schedule.name), from_day = \(schedule.from), until_day = \(schedule.until),
            updated_at = \(now), updated_by = \(actor), version = version + 1
        where id = \(schedule.id) and (\(expected)::int8 is null or version = \(expected)) returning version
        """
    }

    private static let all: Statement =
        """
        select s.id, s.name, s.from_day, s.until_day, s.version,
            array(select f.code from {location}.fee f where f.schedule_id = s.id order by f.code),
            array(select f.description from {location}.fee f where f.schedule_id = s.id order by f.code),
            array(select f.amount from {location}.fee f where f.schedule_id = s.id order by f.code)
        from {location}.fee_schedule s
        """

    static func one(_ id: FeeScheduleID) -> Statement { all + " where s.id = \(id)" }

    static func list(after: FeeScheduleID?, limit: Int) -> Statement {
        var select = all + " where true"
        if let after { select += " and s.id > \(after)" }
        return select + " order by s.id limit \(limit)"
    }

    /// What the codes cost on a day: of the schedules in force, the one that began last and has the code.
    static func prices(of codes: [String], on day: Day) -> Statement {
        """
        select distinct on (f.code) f.code, f.amount from {location}.fee f join {location}.fee_schedule s on s.id = f.schedule_id
        where f.code = any(\(codes)) and s.from_day <= \(day) and (s.until_day is null or s.until_day > \(day))
        order by f.code, s.from_day desc, s.id
        """
    }

    static func schedule(_ row: Row) throws -> FeeSchedule {
        let codes = try row.value(5, as: [String].self)
        let descriptions = try row.value(6, as: [String].self)
        let amounts = try row.value(7, as: [Int].self)
        return FeeSchedule(
            id: try row.value(0),
            name: try row.value(1),
            from: try row.value(2),
            until: try row.value(3),
            fees: zip(codes, zip(descriptions, amounts)).map { FeeSchedule.Fee(code: $0, description: $1.0, amount: Int64($1.1)) },
            version: try row.value(4)
        )
    }
}
