import Patients
import Postgres
import Values

/// A patient's appointments, and the time they take.
struct AppointmentSection: PatientSection {
    let name = "appointments"
    let tables = ["appointment", "appointment_change", "appointment_notice", "calendar_feed", "hold", "occupancy", "series"]
    let retention = Retention.clinical

    func export(_ patient: PatientID) -> Statement {
        """
        select to_jsonb(appointment) || jsonb_build_object('type', appointment_type.name, 'provider', resource.name)
        from {location}.appointment
        join {location}.appointment_type on appointment_type.id = appointment.type_id
        join {location}.resource on resource.id = appointment.provider_id
        where appointment.patient_id = \(patient) order by appointment.starts_at, appointment.id
        """
    }

    func count(_ patient: PatientID) -> Statement {
        "select count(*) from {location}.appointment where patient_id = \(patient)"
    }
}

/// What happened at a patient's visits.
struct EncounterSection: PatientSection {
    let name = "encounters"
    let tables = ["encounter"]
    let retention = Retention.clinical

    func export(_ patient: PatientID) -> Statement {
        """
        select to_jsonb(encounter) || jsonb_build_object('provider', resource.name)
        from {location}.encounter join {location}.resource on resource.id = encounter.provider_id
        where encounter.patient_id = \(patient) order by encounter.service_day, encounter.id
        """
    }

    func count(_ patient: PatientID) -> Statement {
        "select count(*) from {location}.encounter where patient_id = \(patient)"
    }
}
