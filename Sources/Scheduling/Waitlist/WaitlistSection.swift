import Patients
import Postgres
import Values

/// What a patient waits for, what was offered to them, and freed time they took.
struct WaitlistSection: PatientSection {
    let name = "waitlist"
    let tables = ["waitlist_entry", "waitlist_offer", "freed_slot"]
    let retention = Retention.clinical

    /// What is named of another location is exported there.
    func export(_ patient: PatientID) -> Statement {
        """
        select to_jsonb(waitlist_entry) - '{elsewhere_location_id,elsewhere_appointment_id,elsewhere_by_kind,elsewhere_by}'::text[]
            || jsonb_build_object('offers', (
            select coalesce(jsonb_agg(to_jsonb(waitlist_offer) - 'token_hash' order by waitlist_offer.id), '[]')
            from {location}.waitlist_offer where waitlist_offer.entry_id = waitlist_entry.id))
        from {location}.waitlist_entry where waitlist_entry.patient_id = \(patient) order by waitlist_entry.created_at, waitlist_entry.id
        """
    }

    func count(_ patient: PatientID) -> Statement {
        "select count(*) from {location}.waitlist_entry where patient_id = \(patient)"
    }
}
