import Access
import Jobs
import Tenancy
import Values
import Web

struct PatientRoutes {
    let chartNumberPrefix: @Sendable (Location) async throws -> String

    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/patients",
                "Registers a patient",
                .permission(.patientsRegister),
                body: RegisterPatientBody.shape,
                answer: Patient.shape,
                errors: [RegisterPatient.duplicate, RegisterPatient.chartNumberTaken],
                place: { $0.id.description }
            ) { [chartNumberPrefix] _, work, body in
                let prefix = body.chartNumber == nil ? try await chartNumberPrefix(work.location) : ""
                return try await RegisterPatient(body: body, chartNumberPrefix: prefix).run(work)
            },
            .get(
                "/v1/locations/{location}/patients/{patient}",
                "Shows one patient",
                .permission(.patientsRead),
                answer: Patient.shape
            ) { call in
                let id = try call.path.id("patient", PatientID.self)
                guard let row = try await call.read(PatientStore.one(id), ReadAct("patient.read", "patient", patients: .same)).first else {
                    throw Problem.notFound
                }
                return try PatientStore.patient(row)
            },
            .change(
                "/v1/locations/{location}/patients/{patient}",
                "Changes a patient",
                .permission(.patientsUpdate),
                body: UpdatePatientBody.shape,
                answer: Patient.shape
            ) { call, work, body in
                try await UpdatePatient(id: try call.path.id("patient", PatientID.self), body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/patients",
                "Lists patients by name",
                .permission(.patientsRead),
                query: PatientQuery.shape,
                item: Patient.shape
            ) { call, query, page in
                let select = PatientStore.list(status: query.status, after: try PatientRoutes.position(page), limit: page.fetch)
                let patients = try await call.read(select, ReadAct("patient.list", "patient", patients: .same)).map(PatientStore.patient)
                return page.page(patients) { [.text($0.sortKey), .id($0.id)] }
            },
            .search(
                "/v1/locations/{location}/patients/search",
                "Searches patients by name, birth date, phone or chart number",
                .permission(.patientsRead),
                body: PatientSearch.shape,
                item: Patient.shape
            ) { call, body, page in
                let select = PatientStore.search(try body.checked(), after: try PatientRoutes.position(page), limit: page.fetch)
                let patients = try await call.read(select, ReadAct("patient.search", "patient", patients: .same, coalesced: true)).map(
                    PatientStore.patient
                )
                return page.page(patients) { [.text($0.sortKey), .id($0.id)] }
            },
        ]
    }

    private static func position(_ page: PageRequest) throws -> (sortKey: String, id: PatientID)? {
        guard let after = page.after else { return nil }
        return (try after.text(0), try after.id(1, PatientID.self))
    }
}
