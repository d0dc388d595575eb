public import Jobs
public import Patients
public import Tenancy
public import Web

/// Calendars: providers, rooms, chairs and devices; appointment types; appointments that cannot be booked twice (DESIGN L7); encounters.
public struct Scheduling: Sendable {
    private let tenancy: Tenancy

    public init(tenancy: Tenancy) {
        self.tenancy = tenancy
    }

    public var routes: [Route] {
        ProviderRoutes().routes + ResourceRoutes().routes + AppointmentTypeRoutes().routes + AppointmentRoutes(tenancy: tenancy).routes
            + EncounterRoutes().routes
    }

    public var catalogue: JobCatalogue {
        JobCatalogue(
            jobs: [JobRegistration(ClearHolds.self)],
            cron: [CronEntry(eachLocation: "scheduling.holds", .hourly(minute: 7)) { _, _ in ClearHolds() }],
            events: [
                "appointment.booked", "appointment.moved", "appointment.cancelled", "appointment.arrived", "appointment.completed",
                "appointment.no_show", "encounter.created",
            ]
        )
    }

    public var patientSections: [any PatientSection] { [AppointmentSection(), EncounterSection()] }
}
