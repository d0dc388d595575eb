public import Postgres
public import Values

/// All SQL on `encounter`.
public enum EncounterStore {
    /// The id comes first, the patient's is `patient_id`.
    private static let all: Statement = """
        select encounter.id, encounter.appointment_id, encounter.patient_id, encounter.provider_id, calendar.name as provider_name,
            provider.npi, provider.taxonomy, encounter.service_day, encounter.started_at, encounter.ended_at, encounter.diagnoses,
            encounter.procedures, encounter.entered_in_error, encounter.version, encounter.created_at, encounter.updated_at
        from {location}.encounter
        join {location}.provider on provider.id = encounter.provider_id
        join {location}.resource calendar on calendar.id = encounter.provider_id
        """

    /// One encounter, also for slices to the right.
    public static func one(_ id: EncounterID) -> Statement { all + " where encounter.id = \(id)" }

    static func page(_ query: EncounterQuery, after: (day: Day, id: EncounterID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let day = query.day { select += " and encounter.service_day = \(day)" }
        if let patient = query.patient { select += " and encounter.patient_id = \(patient)" }
        if let provider = query.provider { select += " and encounter.provider_id = \(provider)" }
        if let after { select += " and (encounter.service_day, encounter.id) > (\(after.day), \(after.id))" }
        return select + " order by encounter.service_day, encounter.id limit \(limit)"
    }

    static func insert(_ encounter: Encounter, by actor: UUID) -> Statement {
        """
        insert into {location}.encounter (id, appointment_id, patient_id, provider_id, service_day, started_at, ended_at, diagnoses, procedures,
            created_at, created_by, updated_at, updated_by)
        values (\(encounter.id), \(encounter.appointment), \(encounter.patient), \(encounter.provider), \(encounter.serviceDay),
            \(encounter.startedAt), \(encounter.endedAt), \(encounter.diagnoses), \(ProcedureJSON.text(encounter.procedures)),
            \(encounter.createdAt), \(actor), \(encounter.updatedAt), \(actor))
        """
    }

    /// Of the provider who takes an appointment, for the answer when it is completed, with the fee code of its type.
    static func context(of appointment: AppointmentID) -> Statement {
        """
        select provider.npi, provider.taxonomy, appointment_type.fee_code
        from {location}.appointment
        join {location}.provider on provider.id = appointment.provider_id
        join {location}.appointment_type on appointment_type.id = appointment.type_id
        where appointment.id = \(appointment)
        """
    }

    /// Reads a row of `one`.
    public static func encounter(_ row: Row) throws -> Encounter {
        Encounter(
            id: try row.value(0),
            appointment: try row.value(1),
            patient: try row.value(2),
            provider: try row.value(3),
            providerName: try row.value(4),
            providerNPI: try row.value(5, as: String?.self).flatMap { NPI($0) },
            providerTaxonomy: try row.value(6),
            serviceDay: try row.value(7),
            startedAt: try row.value(8),
            endedAt: try row.value(9),
            diagnoses: try row.value(10),
            procedures: try ProcedureJSON.procedures(try row.value(11)),
            enteredInError: try row.value(12),
            version: try row.value(13),
            createdAt: try row.value(14),
            updatedAt: try row.value(15)
        )
    }
}

/// Procedures as the table keeps them.
enum ProcedureJSON {
    static func text(_ procedures: [Procedure]) -> JSONText {
        var writer = JSONWriter()
        writer.beginArray()
        for procedure in procedures {
            writer.beginObject()
            writer.key("code")
            writer.string(procedure.code)
            writer.key("modifiers")
            writer.beginArray()
            for modifier in procedure.modifiers { writer.string(modifier) }
            writer.endArray()
            writer.key("units")
            writer.int(procedure.units)
            writer.key("diagnosis_pointers")
            writer.beginArray()
            for pointer in procedure.diagnosisPointers { writer.int(pointer) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        return JSONText(String(decoding: writer.bytes, as: UTF8.self))
    }

    /// Errors: the column holds something else, which nobody wrote.
    static func procedures(_ json: JSONText) throws -> [Procedure] {
        guard case .array(let items) = try JSON.parse(Array(json.text.utf8)) else { throw damaged }
        return try items.map { item in
            guard let code = item["code"]?.text, let units = item["units"]?.integer, case .array(let modifiers)? = item["modifiers"],
                case .array(let pointers)? = item["diagnosis_pointers"]
            else { throw damaged }
            var procedure = Procedure()
            procedure.code = code
            procedure.units = units
            procedure.modifiers = modifiers.compactMap(\.text)
            procedure.diagnosisPointers = pointers.compactMap(\.integer)
            return procedure
        }
    }

    private static let damaged = Problem(.failed, "encounter_damaged", "This encounter's procedures cannot be read.")
}
