import Postgres
import Values

/// All SQL on `repair_question`.
enum RepairQuestionStore {
    /// An open question is withdrawn as soon as its appointment is not as it was asked: whoever changes appointments need not know of questions.
    private static let status: Statement = """
        case when question.status = 'open' and not (appointment.status in ('booked', 'confirmed')
            and appointment.provider_id = question.provider_id
            and tstzrange(appointment.starts_at, appointment.ends_at) = question.span) then 'withdrawn' else question.status end
        """

    private static let all: Statement =
        """
        select question.id, question.appointment_id, question.patient_id, question.previous_provider_id, question.previous_span,
            question.provider_id, question.span, question.answer_by, 
        """ + status + """
             as status, question.answered_at, question.version, question.created_at
            from {location}.repair_question question
            join {location}.appointment on appointment.id = question.appointment_id
            """

    static func locked(_ id: RepairQuestionID) -> Statement { all + " where question.id = \(id) for no key update of question" }

    static func locked(of hash: [UInt8]) -> Statement { all + " where question.token_hash = \(hash) for no key update of question" }

    /// The one that still waits for an answer about an appointment as it is.
    static func open(about appointment: AppointmentID) -> Statement {
        all + " where question.appointment_id = \(appointment) and question.status = 'open' and " + status + " = 'open'"
    }

    /// Before the question, as whoever moves appointments locks them first.
    static func lockAppointment(ofLink hash: [UInt8]) -> Statement {
        lockAppointment("select appointment_id from {location}.repair_question where token_hash = \(hash)")
    }

    static func lockAppointment(of id: RepairQuestionID) -> Statement {
        lockAppointment("select appointment_id from {location}.repair_question where id = \(id)")
    }

    private static func lockAppointment(_ id: Statement) -> Statement {
        "select id from {location}.appointment where id = (" + id + ") for no key update"
    }

    static func page(_ query: RepairQuestionQuery, after: (at: Instant, id: RepairQuestionID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let status = query.status {
            // As they are written: some of those that are open there are withdrawn.
            let written = status == .withdrawn ? ["open", "withdrawn"] : [status.rawValue]
            select += " and question.status = any(\(written)) and " + self.status + " = \(status)"
        }
        if let appointment = query.appointment { select += " and question.appointment_id = \(appointment)" }
        if let after { select += " and (question.created_at, question.id) > (\(after.at), \(after.id))" }
        return select + " order by question.created_at, question.id limit \(limit)"
    }

    static func insert(_ question: RepairQuestion, by actor: UUID) -> Statement {
        """
        insert into {location}.repair_question (id, appointment_id, patient_id, previous_provider_id, previous_span, provider_id, span, answer_by,
            status, created_at, created_by, updated_at, updated_by)
        values (\(question.id), \(question.appointment), \(question.patient), \(question.previousProvider), \(question.previousSpan),
            \(question.provider), \(question.span), \(question.answerBy), \(question.status), \(question.createdAt), \(actor),
            \(question.createdAt), \(actor))
        """
    }

    /// Those about appointments that are moved again.
    static func withdraw(_ appointments: [AppointmentID], at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.repair_question set status = 'withdrawn', version = version + 1, updated_at = \(now), updated_by = \(actor)
        where appointment_id = any(\(appointments)) and status = 'open'
        """
    }

    /// The newest link counts.
    static func link(_ id: RepairQuestionID, _ hash: [UInt8], at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.repair_question set token_hash = \(hash), version = version + 1, updated_at = \(now), updated_by = \(actor)
        where id = \(id)
        """
    }

    /// What became of one that was open.
    static func close(_ question: RepairQuestion, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.repair_question set status = \(question.status), answered_at = \(question.answeredAt), version = version + 1,
            updated_at = \(now), updated_by = \(actor)
        where id = \(question.id) and status = 'open'
        """
    }

    static func question(_ row: Row) throws -> RepairQuestion {
        RepairQuestion(
            id: try row.value(0),
            appointment: try row.value(1),
            patient: try row.value(2),
            previousProvider: try row.value(3),
            previousSpan: try row.value(4),
            provider: try row.value(5),
            span: try row.value(6),
            answerBy: try row.value(7),
            status: try row.value(8),
            answeredAt: try row.value(9),
            version: try row.value(10),
            createdAt: try row.value(11)
        )
    }
}
