public import Jobs
import Postgres
import Values
public import Web

/// People and charts: registration, search, change, duplicate warning, and who is around a patient.
public struct Patients: Sendable {
    public init() {}

    public var routes: [Route] { PatientRoutes().routes + RelationshipRoutes().routes }

    /// What it tells others; nobody here listens.
    public var catalogue: JobCatalogue { JobCatalogue(events: ["patient.registered", "patient.updated"]) }

    public var patientSections: [any PatientSection] { [ChartSection()] }
}
