import Tenancy
public import Values
public import Web

extension PatientStore {
    /// For lists below a patient: an empty list of a patient who is not here is not found, like any other thing that is not here.
    public static func require(_ patient: PatientID, _ call: Call) async throws {
        guard try await !call.tenancy.read(try call.location, exists(patient)).isEmpty else { throw Problem.notFound }
    }
}
