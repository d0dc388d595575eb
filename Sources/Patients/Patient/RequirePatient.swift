public import Jobs
import Tenancy
public import Values
public import Web

/// A patient must be here. For lists below a patient: an empty list of a patient who is not here is not found, like any other thing that is
/// not here. Errors: `not_found`.
public struct RequirePatient: Sendable {
    private let patient: PatientID

    public init(_ patient: PatientID) {
        self.patient = patient
    }

    public func run(_ call: Call) async throws {
        guard try await !call.tenancy.read(try call.location, PatientStore.exists(patient)).isEmpty else { throw Problem.notFound }
    }

    public func run(_ work: Work) async throws {
        guard try await !work.query(PatientStore.exists(patient)).isEmpty else { throw Problem.notFound }
    }
}
