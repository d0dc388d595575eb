import Postgres
import Values

/// All SQL on `appointment_type`.
enum AppointmentTypeStore {
    private static let all: Statement = """
        select id, name, minutes, buffer_before, buffer_after, needs, fee_code, active, version, created_at, updated_at
        from {location}.appointment_type
        """

    static func one(_ id: AppointmentTypeID) -> Statement { all + " where id = \(id)" }

    static func of(_ appointment: AppointmentID) -> Statement {
        all + " where id = (select type_id from {location}.appointment where id = \(appointment))"
    }

    static func locked(_ id: AppointmentTypeID) -> Statement { all + " where id = \(id) for no key update" }

    static func page(active: Bool?, after: (name: String, id: AppointmentTypeID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let active { select += " and active = \(active)" }
        if let after { select += " and (name, id) > (\(after.name), \(after.id))" }
        return select + " order by name, id limit \(limit)"
    }

    static func insert(_ type: AppointmentType, by actor: UUID) -> Statement {
        """
        insert into {location}.appointment_type (id, name, minutes, buffer_before, buffer_after, needs, fee_code, active,
            created_at, created_by, updated_at, updated_by)
        values (\(type.id), \(type.name), \(type.minutes), \(type.bufferBefore), \(type.bufferAfter),
            \(type.needs), \(type.feeCode), \(type.active), \(type.createdAt), \(actor), \(type.updatedAt), \(actor))
        """
    }

    static func update(_ type: AppointmentType, by actor: UUID) -> Statement {
        """
        update {location}.appointment_type set name = \(type.name), minutes = \(type.minutes),
            buffer_before = \(type.bufferBefore), buffer_after = \(type.bufferAfter), needs = \(type.needs),
            fee_code = \(type.feeCode), active = \(type.active), version = \(type.version), updated_at = \(type.updatedAt),
            updated_by = \(actor)
        where id = \(type.id)
        """
    }

    static func type(_ row: Row) throws -> AppointmentType {
        AppointmentType(
            id: try row.value(0),
            name: try row.value(1),
            minutes: try row.value(2),
            bufferBefore: try row.value(3),
            bufferAfter: try row.value(4),
            needs: try row.value(5),
            feeCode: try row.value(6),
            active: try row.value(7),
            version: try row.value(8),
            createdAt: try row.value(9),
            updatedAt: try row.value(10)
        )
    }
}
