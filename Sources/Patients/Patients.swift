public import Jobs
import Postgres
public import Tenancy
import Values
public import Web

/// People and charts: registration, search, change, duplicate warning, and who is around a patient.
public struct Patients: Sendable {
    /// What chart numbers made at a location begin with.
    private let chartNumberPrefix: @Sendable (Location) async throws -> String

    public init(chartNumberPrefix: @escaping @Sendable (Location) async throws -> String) {
        self.chartNumberPrefix = chartNumberPrefix
    }

    public var routes: [Route] {
        PatientRoutes(chartNumberPrefix: chartNumberPrefix).routes + RelationshipRoutes().routes + BreakGlassRoutes().routes
    }

    /// What it tells others; nobody here listens.
    public var catalogue: JobCatalogue {
        JobCatalogue(events: ["patient.registered", "patient.updated", "chart.glass_broken", "chart.glass_ended"])
    }

    public var patientSections: [any PatientSection] { [ChartSection()] }
}
