import Postgres
import Values

/// The chart itself and the people around it.
struct ChartSection: PatientSection {
    let name = "chart"
    let tables = ["patient", "relationship"]
    let retention = Retention.clinical

    func export(_ patient: PatientID) -> Statement {
        """
        select to_jsonb(patient) || jsonb_build_object('person', to_jsonb(person), 'relationships', (
            select coalesce(jsonb_agg(to_jsonb(relationship) || jsonb_build_object('person', to_jsonb(related))), '[]')
            from {location}.relationship join {location}.person related on related.id = relationship.person_id where relationship.patient_id = patient.id))
        from {location}.patient left join {location}.person on person.id = patient.person_id where patient.id = \(patient)
        """
    }

    func count(_ patient: PatientID) -> Statement {
        "select count(*) from {location}.relationship where patient_id = \(patient)"
    }
}
