import Patients
import Postgres
import Values

/// What a patient was asked when a repair moved them, and what they said.
struct RepairSection: PatientSection {
    let name = "repairs"
    let tables = ["repair_question"]
    let retention = Retention.clinical

    func export(_ patient: PatientID) -> Statement {
        """
        select to_jsonb(repair_question) - 'token_hash' from {location}.repair_question
        where repair_question.patient_id = \(patient) order by repair_question.created_at, repair_question.id
        """
    }

    func count(_ patient: PatientID) -> Statement {
        "select count(*) from {location}.repair_question where patient_id = \(patient)"
    }
}
