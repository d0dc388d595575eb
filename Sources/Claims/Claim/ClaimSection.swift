import Patients
import Postgres
import Values

/// A patient's claims with what payers answered.
struct ClaimSection: PatientSection {
    let name = "claims"
    let tables = ["claim"]
    let retention = Retention.financial

    func export(_ patient: PatientID) -> Statement {
        """
        select to_jsonb(claim) || jsonb_build_object(
            'lines', (select coalesce(jsonb_agg(to_jsonb(claim_line) order by claim_line.ordinal), '[]') from {location}.claim_line
                where claim_line.claim_id = claim.id),
            'remittances', (select coalesce(jsonb_agg(to_jsonb(remittance_claim) order by remittance_claim.posted_at), '[]') from {location}.remittance_claim
                where remittance_claim.claim_id = claim.id))
        from {location}.claim where claim.patient_id = \(patient) order by claim.created_at, claim.id
        """
    }

    func count(_ patient: PatientID) -> Statement {
        "select count(*) from {location}.claim where patient_id = \(patient)"
    }
}
