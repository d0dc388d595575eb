import Patients
import Postgres
import Values

/// A patient's coverages. The member id stays sealed: an export shows its end, a correction request the whole, by a person.
struct CoverageSection: PatientSection {
    let name = "coverage"
    let tables = ["coverage"]
    let retention = Retention.financial

    func export(_ patient: PatientID) -> Statement {
        """
        select to_jsonb(coverage) - 'member_id' - 'member_id_digest' || jsonb_build_object('payer', payer.name)
        from {location}.coverage join {location}.payer on payer.id = coverage.payer_id
        where coverage.patient_id = \(patient) order by coverage.from_day, coverage.id
        """
    }

    func count(_ patient: PatientID) -> Statement {
        "select count(*) from {location}.coverage where patient_id = \(patient)"
    }
}
