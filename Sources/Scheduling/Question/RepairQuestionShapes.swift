import Values
import Web

struct RepairQuestionQuery: Sendable {
    var status: RepairQuestion.Status?
    var appointment: AppointmentID?

    static let shape = Shape("RepairQuestionQuery", RepairQuestionQuery()) {
        Field("status", \.status, .choice())
        Field("appointment_id", \.appointment, .id())
    }
}

extension RepairQuestion: Versioned {
    static let shape = Shape<RepairQuestion>("RepairQuestion") {
        Field("id", \.id, .id())
        Field("appointment_id", \.appointment, .id())
        Field("patient_id", \.patient, .id())
        Field("from", \.from, .object(RepairVisit.shape), about: "As it was before the repair.")
        Field("to", \.to, .object(RepairVisit.shape), about: "As it is.")
        Field("status", \.status, .choice(), about: "withdrawn: the appointment was changed again.")
        Field("accepted", \.accepted, .bool, about: "What the patient said; null when they did not.")
        Field("answer_by", \.answerBy, .instant)
        Field("answered_at", \.answeredAt, .instant)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
    }

    private var from: RepairVisit { RepairVisit(provider: previousProvider, span: previousSpan) }
    private var to: RepairVisit { RepairVisit(provider: provider, span: span) }
}

/// When a patient is expected, and by whom.
struct RepairVisit: Sendable {
    let provider: ProviderID
    let span: InstantRange

    static let shape = Shape<RepairVisit>("RepairVisit") {
        Field("provider_id", \.provider, .id())
        Field("starts_at", \.span.start, .instant)
        Field("ends_at", \.span.end, .instant)
    }
}

/// A link for a question: shown once.
struct RepairQuestionLink: Sendable {
    let question: RepairQuestionID
    let token: String
    let expiresAt: Instant

    static let shape = Shape<RepairQuestionLink>("RepairQuestionLink") {
        Field("question_id", \.question, .id())
        Field("token", \.token, .text(1...100), about: "Answers the question, once. It is shown only here; a newer one replaces it.")
        Field("expires_at", \.expiresAt, .instant)
    }
}

struct AnswerRepairQuestionBody: Sendable {
    var token = ""
    var accepts = false

    static let shape = Shape("AnswerRepairQuestion", AnswerRepairQuestionBody()) {
        Field(
            "token",
            \.token,
            .code(1...100, "A-Za-z0-9_-"),
            example: "pc_r_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        )
        Field("accepted", \.accepts, .bool, about: "false cancels the appointment.")
    }
}

/// What somebody with a link is told: no more than they knew.
struct AnsweredRepairQuestion: Sendable {
    let accepted: Bool
    let answeredAt: Instant

    static let shape = Shape<AnsweredRepairQuestion>("AnsweredRepairQuestion") {
        Field("accepted", \.accepted, .bool)
        Field("answered_at", \.answeredAt, .instant)
    }
}
