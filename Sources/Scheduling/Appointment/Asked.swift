import Postgres
import Values

/// The ids that somebody asks with, and what they stand for.
struct Asked {
    let type: AppointmentTypeID
    let patient: PatientID?
    let provider: ProviderID
    let further: [ResourceID]
    /// Whether what is not in use, and what is missing, is no error here but an obstacle.
    var isQuestion = false

    /// Of the answers about the type, the patient and the resources. Errors: all that are not here or not in use, and what the type needs besides.
    func found(_ answers: [Rows]) throws -> (AppointmentType, Patron?, Cast) {
        var errors: [Problem.Member] = []
        let type = try answers[0].first.map(AppointmentTypeStore.type)
        if type == nil {
            errors.append(Problem.Member("/type_id", "unknown_reference", "There is no such appointment type at this location."))
        }
        if type?.active == false, !isQuestion {
            errors.append(Problem.Member("/type_id", "inactive", "This appointment type is not in use any more."))
        }
        let patron = try answers[1].first.map(PatronStore.patron)
        if patient != nil, patron == nil {
            errors.append(Problem.Member("/patient_id", "unknown_reference", "There is no such patient at this location."))
        }
        let resources = try answers[2].map(ResourceStore.resource)
        let cast = Cast(
            provider: provider,
            further: further,
            found: resources,
            kept: isQuestion ? Set(resources.map(\.id)) : [],
            &errors
        )
        if !isQuestion, let type, let cast { errors += cast.missing(for: type) }
        guard let type, let cast, errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        return (type, patron, cast)
    }
}
