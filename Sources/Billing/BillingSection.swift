import Patients
import Postgres
import Values

/// What billing keeps about a patient.
struct BillingSection: PatientSection {
    let name = "billing"
    let tables = ["charge", "ledger_line", "invoice", "payment"]
    let retention = Retention.financial

    func export(_ patient: PatientID) -> Statement {
        """
        select to_jsonb(charge) || '{"kind": "charge"}' from {location}.charge where patient_id = \(patient)
        union all select to_jsonb(l) || jsonb_build_object('kind', 'ledger', 'entry', to_jsonb(e))
            from {location}.ledger_line l join {location}.ledger_entry e on e.id = l.entry_id where l.patient_id = \(patient)
        union all select to_jsonb(invoice) || '{"kind": "invoice"}' from {location}.invoice where patient_id = \(patient)
        union all select to_jsonb(payment) || '{"kind": "payment"}' from {location}.payment where patient_id = \(patient)
        """
    }

    func count(_ patient: PatientID) -> Statement {
        """
        select (select count(*) from {location}.charge where patient_id = \(patient)) + (select count(*) from {location}.invoice where patient_id = \(patient))
            + (select count(*) from {location}.payment where patient_id = \(patient))
        """
    }
}
