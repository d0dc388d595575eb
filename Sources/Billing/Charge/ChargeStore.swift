public import Postgres
public import Values

/// All SQL on `charge`; reads the visit it is for.
public enum ChargeStore {
    /// A visit with its procedures, and the fee code of its appointment's type for a visit without any.
    static func visit(_ encounter: EncounterID) -> Statement {
        """
        select e.patient_id, e.provider_id, e.service_day, e.procedures::text, t.fee_code, cardinality(e.diagnoses)
        from {location}.encounter e
        left join {location}.appointment a on a.id = e.appointment_id
        left join {location}.appointment_type t on t.id = a.type_id
        where e.id = \(encounter) and e.entered_in_error is null
        """
    }

    static func insert(_ charge: Charge, at now: Instant, by actor: UUID) -> Statement {
        """
        insert into {location}.charge (id, encounter_id, ordinal, patient_id, provider_id, service_day, code, modifiers, diagnosis_pointers, units, amount,
            created_at, created_by, updated_at, updated_by)
        values (\(charge.id), \(charge.encounter), \(charge.ordinal), \(charge.patient), \(charge.provider), \(charge.day), \(charge.code), \(charge.modifiers),
            \(charge.pointers.map(Int32.init(clamping:))), \(charge.units), \(charge.amount), \(now), \(actor), \(now), \(actor))
        """
    }

    /// The charges of a visit, in order; for invoices and claims.
    public static func of(_ encounter: EncounterID) -> Statement {
        all + " where encounter_id = \(encounter) and entered_in_error is null order by ordinal"
    }

    static func list(_ filter: ChargeQuery, after: (day: Day, id: ChargeID)?, limit: Int) -> Statement {
        var select = all + " where entered_in_error is null"
        if let patient = filter.patient { select += " and patient_id = \(patient)" }
        if let encounter = filter.encounter { select += " and encounter_id = \(encounter)" }
        if let day = filter.day { select += " and service_day = \(day)" }
        if let after { select += " and (service_day, id) > (\(after.day), \(after.id))" }
        return select + " order by service_day, id limit \(limit)"
    }

    public static func charge(_ row: Row) throws -> Charge {
        Charge(
            id: try row.value(0),
            encounter: try row.value(1),
            ordinal: try row.value(2),
            patient: try row.value(3),
            provider: try row.value(4),
            day: try row.value(5),
            code: try row.value(6),
            modifiers: try row.value(7),
            pointers: try row.value(8, as: [Int32].self).map(Int.init),
            units: try row.value(9),
            amount: Int64(try row.value(10, as: Int.self)),
            version: try row.value(11)
        )
    }

    private static let all: Statement =
        """
        select id, encounter_id, ordinal, patient_id, provider_id, service_day, code, modifiers, diagnosis_pointers, units, amount, version
        from {location}.charge
        """
}
