import Postgres
import Values

/// All SQL on `external_reference` of appointments, and what an import looks up by the words of a file.
enum ImportStore {
    private static let kind = "appointment"

    /// Yields the system, the value and the appointment of those that are known: that came before, or are appointments of this location itself.
    static func known(_ references: [ExternalReference]) -> Statement {
        let own = references.filter { $0.system == ExportAppointments.system }.compactMap { UUID($0.value) }
        return """
            select system, value, target from {location}.external_reference
            where kind = \(kind) and (system, value) in (select * from unnest(\(references.map(\.system)), \(references.map(\.value))))
            union all select \(ExportAppointments.system), id::text, id from {location}.appointment where id = any(\(own))
            """
    }

    static func insert(_ reference: ExternalReference, _ id: UUID, of appointment: AppointmentID, at now: Instant, by actor: UUID)
        -> Statement
    {
        """
        insert into {location}.external_reference (id, system, kind, value, target, created_at, created_by, updated_at, updated_by)
        values (\(id), \(reference.system), \(kind), \(reference.value), \(appointment), \(now), \(actor), \(now), \(actor))
        """
    }

    /// By id or chart number; the chart that a merged one became. Yields the word, the id and whether they were seen here before.
    static func patients(_ words: [String]) -> Statement {
        """
        select word, coalesce(patient.merged_into, patient.id), exists (
            select from {location}.encounter
            where encounter.patient_id = coalesce(patient.merged_into, patient.id) and encounter.entered_in_error is null
        )
        from unnest(\(words)) as word
        join {location}.patient on patient.chart_number = word or patient.id = any(\(words.compactMap { UUID($0) })) and patient.id::text = word
        """
    }
}
