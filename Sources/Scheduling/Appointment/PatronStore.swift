import Postgres
import Values

/// Reads what rules ask of a patient: which chart is meant, and whether they were seen here before.
enum PatronStore {
    private static let all: Statement = """
        select coalesce(patient.merged_into, patient.id), exists (
            select from {location}.encounter
            where encounter.patient_id = coalesce(patient.merged_into, patient.id) and encounter.entered_in_error is null
        )
        from {location}.patient
        """

    static func one(_ id: PatientID) -> Statement { all + " where patient.id = \(id)" }

    static func of(_ appointment: AppointmentID) -> Statement {
        chosen("select patient_id from {location}.appointment where appointment.id = \(appointment)")
    }

    /// The one whose id a query yields.
    static func chosen(_ id: Statement) -> Statement { all + " where patient.id = (" + id + ")" }

    static func patron(_ row: Row) throws -> Patron {
        let (id, isReturning) = try row.decode((PatientID, Bool).self)
        return Patron(id: id, isReturning: isReturning)
    }
}
