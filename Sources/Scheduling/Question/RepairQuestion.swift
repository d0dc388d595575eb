import Jobs
import Postgres
import Tenancy
import Values

/// A patient whom a repair moved was asked whether that suits them. The move is made already; they accept it, or the appointment is cancelled.
struct RepairQuestion: Sendable, Hashable {
    enum Status: String, Sendable, CaseIterable, Bindable, Readable {
        case open, accepted, declined
        /// Nobody answered in time: the move stands.
        case lapsed
        /// The appointment was moved again, cancelled or begun meanwhile: what was asked is not so any more.
        case withdrawn
    }

    let id: RepairQuestionID
    let appointment: AppointmentID
    let patient: PatientID
    let previousProvider: ProviderID
    let previousSpan: InstantRange
    let provider: ProviderID
    let span: InstantRange
    let answerBy: Instant
    var status: Status
    var answeredAt: Instant?
    var version: Int
    let createdAt: Instant

    static let used = Problem.conflict("answer_used", "This was answered already: the answer is recorded.")
    static let expired = Problem.conflict("answer_expired", "The time to answer is over. Call the practice.")
    static let withdrawn = Problem.conflict("answer_withdrawn", "The appointment was changed meanwhile. Call the practice.")

    /// nil until the patient says, and when they do not.
    var accepted: Bool? {
        switch status {
        case .accepted: true
        case .declined: false
        case .open, .lapsed, .withdrawn: nil
        }
    }

    /// Errors: `answer_used`, `answer_expired`, `answer_withdrawn`.
    func check(at now: Instant) throws(Problem) {
        switch status {
        case .accepted, .declined: throw RepairQuestion.used
        case .lapsed: throw RepairQuestion.expired
        case .withdrawn: throw RepairQuestion.withdrawn
        case .open: guard answerBy > now else { throw RepairQuestion.expired }
        }
    }

    /// Whether the patient is expected as they were asked: programs of before may have changed an appointment without withdrawing its question.
    func isAbout(_ provider: ProviderID, _ span: InstantRange, stands: Bool) -> Bool {
        stands && provider == self.provider && span == self.span
    }

    /// Whether a change takes away what was asked, for good: the answer was about this time with this provider, and whoever comes back to it later
    /// was told other things in between. A note, another room and a confirmation leave the patient expected as they were asked.
    static func isWithdrawn(by old: Appointment, _ new: Appointment) -> Bool {
        old.span != new.span || old.provider != new.provider || ![.booked, .confirmed].contains(new.status)
    }

    /// What others are told: ids and the day.
    func event(_ name: String, at location: Location, _ more: QueueMembers = [:]) -> Event {
        var members = more
        members["question"] = id.queueText
        members["appointment"] = appointment.queueText
        members["patient"] = patient.queueText
        members["day"] = location.rules.wallClock(at: span.start).day.queueText
        return Event(name, members)
    }
}
