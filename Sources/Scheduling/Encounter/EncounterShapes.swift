import Values
public import Web

struct CompleteAppointmentBody: Sendable {
    var diagnoses: [String] = []
    var procedures: [Procedure]?

    static let shape = Shape("CompleteAppointment", CompleteAppointmentBody()) {
        Field(
            "diagnoses",
            \.diagnoses,
            .list(of: .code(3...8, "A-Za-z0-9."), 0...Encounter.maximumDiagnoses),
            example: ["J02.9"],
            optional: true,
            about: "ICD-10 codes with or without the dot, the principal one first."
        )
        Field(
            "procedures",
            \.procedures,
            .list(of: .object(Procedure.shape), 0...Encounter.maximumProcedures),
            null: false,
            about: "What was done; when absent, the fee code of the appointment's type."
        )
    }

    /// The diagnoses as they are kept. Errors: all that have not the form of a code or are named twice, and pointers to none of them.
    func checkedDiagnoses() throws(Problem) -> [String] {
        var errors: [Problem.Member] = []
        var codes: [String] = []
        for (index, text) in diagnoses.enumerated() {
            guard let code = DiagnosisCode.normalized(text) else {
                errors.append(Problem.Member("/diagnoses/\(index)", "format", "Send an ICD-10 code such as J02.9."))
                continue
            }
            if codes.contains(code) { errors.append(Problem.Member("/diagnoses/\(index)", "duplicate", "Send each diagnosis once.")) }
            codes.append(code)
        }
        for (index, procedure) in (procedures ?? []).enumerated() {
            for (place, pointer) in procedure.diagnosisPointers.enumerated() where pointer > diagnoses.count {
                let pointer = "/procedures/\(index)/diagnosis_pointers/\(place)"
                errors.append(Problem.Member(pointer, "no_such_diagnosis", "Point at one of the diagnoses: 1 is the first."))
            }
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        return codes
    }
}

extension Procedure {
    static let shape = Shape("Procedure", Procedure()) {
        Field("code", \.code, .code(1...20, "A-Z0-9"), example: "99213")
        Field("modifiers", \.modifiers, .list(of: .code(2...2, "A-Z0-9"), 0...4, unique: true), optional: true)
        Field("units", \.units, .int(1...999), optional: true)
        Field(
            "diagnosis_pointers",
            \.diagnosisPointers,
            .list(of: .int(1...Encounter.maximumDiagnoses), 0...4, unique: true),
            optional: true,
            about: "Which diagnoses it was for: 1 is the first."
        )
    }
}

/// Which encounters: those of a day or of a patient.
struct EncounterQuery: Sendable {
    var day: Day?
    var patient: PatientID?
    var provider: ProviderID?

    static let shape = Shape("EncounterQuery", EncounterQuery()) {
        Field("day", \.day, .day, about: "On the location's calendar.")
        Field("patient_id", \.patient, .id())
        Field("provider_id", \.provider, .id())
    }

    static let tooWide = Problem.invalid("too_wide", "Send day or patient_id.")

    /// Errors: `too_wide`.
    func checked() throws(Problem) -> EncounterQuery {
        guard day != nil || patient != nil else { throw EncounterQuery.tooWide }
        return self
    }
}

extension Encounter: Versioned {
    static let shape = Shape<Encounter>("Encounter") {
        Field("id", \.id, .id())
        Field("appointment_id", \.appointment, .id())
        Field("patient_id", \.patient, .id())
        Field("provider_id", \.provider, .id())
        Field("provider_name", \.providerName, .text(1...201), example: "Grace Okafor")
        Field("provider_npi", \.providerNPI, .npi)
        Field("service_day", \.serviceDay, .day)
        Field("started_at", \.startedAt, .instant)
        Field("ended_at", \.endedAt, .instant)
        Field("diagnoses", \.diagnoses, .list(of: .text(3...7), 0...maximumDiagnoses), example: ["J029"], about: "Without the dot.")
        Field("procedures", \.procedures, .list(of: .object(Procedure.shape), 0...maximumProcedures))
        Field("entered_in_error", \.enteredInError, .text(1...500))
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}
