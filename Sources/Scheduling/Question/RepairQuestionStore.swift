import Postgres
import Values

/// All SQL on `repair_question`.
enum RepairQuestionStore {
    private static let all: Statement = """
        select id, appointment_id, patient_id, previous_provider_id, previous_span, provider_id, span, answer_by, status, answered_at, version,
            created_at
        from {location}.repair_question
        """

    static func locked(_ id: RepairQuestionID) -> Statement { all + " where id = \(id) for no key update" }

    static func locked(of hash: [UInt8]) -> Statement { all + " where token_hash = \(hash) for no key update" }

    /// The one that still waits for an answer about an appointment.
    static func open(about appointment: AppointmentID) -> Statement {
        all + " where appointment_id = \(appointment) and status = 'open'"
    }

    /// The one that was accepted last; sought among the patient's, which have an index.
    static func accepted(about appointment: AppointmentID) -> Statement {
        all + """
             where appointment_id = \(appointment) and status = 'accepted'
                and patient_id = (select patient_id from {location}.appointment where appointment.id = \(appointment))
            order by answered_at desc, id limit 1
            """
    }

    /// Before the question, as whoever moves appointments locks them first.
    static func lockAppointment(ofLink hash: [UInt8]) -> Statement {
        lockAppointment("select appointment_id from {location}.repair_question where token_hash = \(hash)")
    }

    static func lockAppointment(of id: RepairQuestionID) -> Statement {
        lockAppointment("select appointment_id from {location}.repair_question where id = \(id)")
    }

    private static func lockAppointment(_ id: Statement) -> Statement {
        """
        select provider_id, tstzrange(starts_at, ends_at) as span, status in ('booked', 'confirmed') as stands
        from {location}.appointment where id = (
        """ + id + ") for no key update"
    }

    static func page(_ query: RepairQuestionQuery, after: (at: Instant, id: RepairQuestionID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let status = query.status { select += " and status = \(status)" }
        if let appointment = query.appointment { select += " and appointment_id = \(appointment)" }
        if let after { select += " and (created_at, id) > (\(after.at), \(after.id))" }
        return select + " order by created_at, id limit \(limit)"
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

    /// The one about an appointment that is changed.
    static func withdraw(_ appointment: AppointmentID, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.repair_question set status = 'withdrawn', version = version + 1, updated_at = \(now), updated_by = \(actor)
        where appointment_id = \(appointment) and status = 'open'
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

    /// One that was accepted by a confirmation that is taken back.
    static func reopen(_ question: RepairQuestion, at now: Instant, by actor: UUID) -> Statement {
        """
        update {location}.repair_question set status = \(question.status), answered_at = null, version = version + 1, updated_at = \(now),
            updated_by = \(actor)
        where id = \(question.id) and status = 'accepted'
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
