import Postgres
import Values

/// All SQL on `appointment_type`.
enum AppointmentTypeStore {
    static let columns: Statement = """
        select id, name, minutes, buffer_before, buffer_after, needs, fee_code, active, version, created_at, updated_at, lead_minutes, horizon_days,
            online, patients, performers, colour, deposit, preparation, forms, double_booking, lanes, seats, updated_by,
            pack_id, pack_entry, pack_version, pack_overridable
        """
    private static let all: Statement = columns + " from {location}.appointment_type"

    static func one(_ id: AppointmentTypeID) -> Statement { all + " where id = \(id)" }

    static func of(_ appointment: AppointmentID) -> Statement {
        chosen("select type_id from {location}.appointment where appointment.id = \(appointment)")
    }

    static func these(_ ids: [AppointmentTypeID]) -> Statement { all + " where id = any(\(ids))" }

    /// Those whose ids a query yields.
    static func these(_ ids: Statement) -> Statement { all + " where appointment_type.id in (" + ids + ")" }

    /// Those in use that a file calls by name.
    static func inUse(called names: [String]) -> Statement { all + " where active and name = any(\(names))" }

    /// The one in use of this name, in capitals or small letters; of several the one that is written just so.
    static func named(_ name: String) -> Statement {
        all + " where active and lower(name) = lower(\(name)) order by name = \(name) desc, name, id limit 1"
    }

    /// Those of several appointments.
    static func of(_ appointments: [AppointmentID]) -> Statement {
        all + " where id in (select type_id from {location}.appointment where appointment.id = any(\(appointments)))"
    }

    /// The one whose id a query yields.
    static func chosen(_ id: Statement) -> Statement { all + " where appointment_type.id = (" + id + ")" }

    static func locked(_ id: AppointmentTypeID) -> Statement { all + " where id = \(id) for no key update" }

    static func page(active: Bool?, after: (name: String, id: AppointmentTypeID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let active { select += " and active = \(active)" }
        if let after { select += " and (name, id) > (\(after.name), \(after.id))" }
        return select + " order by name, id limit \(limit)"
    }

    static func insert(_ type: AppointmentType, by actor: UUID) -> Statement {
        """
        insert into {location}.appointment_type (id, name, minutes, buffer_before, buffer_after, needs, fee_code, lead_minutes,
            horizon_days, online, patients, performers, colour, deposit, preparation, forms, double_booking, lanes, seats, active,
            created_at, created_by, updated_at, updated_by)
        values (\(type.id), \(type.name), \(type.minutes), \(type.bufferBefore), \(type.bufferAfter),
            \(type.needs), \(type.feeCode), \(type.leadMinutes), \(type.horizonDays), \(type.online), \(type.patients), \(type.performers),
            \(type.colour), \(type.deposit), \(type.preparation), \(type.forms), \(type.doubleBooking), \(type.lanes), \(type.seats),
            \(type.active), \(type.createdAt), \(actor), \(type.updatedAt), \(actor))
        """
    }

    static func update(_ type: AppointmentType, by actor: UUID) -> Statement {
        """
        update {location}.appointment_type set name = \(type.name), minutes = \(type.minutes),
            buffer_before = \(type.bufferBefore), buffer_after = \(type.bufferAfter), needs = \(type.needs),
            fee_code = \(type.feeCode), lead_minutes = \(type.leadMinutes), horizon_days = \(type.horizonDays), online = \(type.online),
            patients = \(type.patients), performers = \(type.performers), colour = \(type.colour), deposit = \(type.deposit),
            preparation = \(type.preparation), forms = \(type.forms), double_booking = \(type.doubleBooking), lanes = \(type.lanes),
            seats = \(type.seats), active = \(type.active), version = \(type.version), updated_at = \(type.updatedAt),
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
            leadMinutes: try row.value(11),
            horizonDays: try row.value(12),
            online: try row.value(13),
            patients: try row.value(14),
            performers: try row.value(15),
            colour: try row.value(16),
            deposit: try row.value(17),
            preparation: try row.value(18),
            forms: try row.value(19),
            doubleBooking: try row.value(20),
            lanes: try row.value(21),
            seats: try row.value(22),
            active: try row.value(7),
            inherited: try row.value(24, as: TypePackID?.self).map { pack in
                Inherited(pack: pack, entry: try row.value(25), version: try row.value(26), overridable: try row.value(27))
            },
            version: try row.value(8),
            createdAt: try row.value(9),
            updatedAt: try row.value(10),
            updatedBy: try row.value(23)
        )
    }
}
