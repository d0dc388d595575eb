public import Postgres
import Values

extension Appointment {
    public enum Status: String, Sendable, CaseIterable, Bindable, Readable {
        case booked, confirmed, arrived, roomed, inSession = "in_session", checkingOut = "checking_out", completed, cancelled, noShow =
            "no_show"
    }

    /// What can be done with an appointment.
    enum Step: String, Sendable, CaseIterable {
        case move, cancel, confirm, checkIn = "check_in", room, begin, checkOut = "check_out", complete, noShow = "no_show"

        /// The statuses it is allowed in.
        var allowed: Set<Status> {
            switch self {
            case .move, .checkIn, .noShow: [.booked, .confirmed]
            case .confirm: [.booked]
            case .cancel: [.booked, .confirmed, .arrived]
            case .room: [.arrived]
            case .begin: [.arrived, .roomed]
            case .checkOut: [.arrived, .roomed, .inSession]
            case .complete: [.arrived, .roomed, .inSession, .checkingOut]
            }
        }

        /// The status after it.
        func result(from status: Status) -> Status {
            switch self {
            case .move: status
            case .cancel: .cancelled
            case .confirm: .confirmed
            case .checkIn: .arrived
            case .room: .roomed
            case .begin: .inSession
            case .checkOut: .checkingOut
            case .complete: .completed
            case .noShow: .noShow
            }
        }
    }

    static let wrongStatus = Problem.conflict("wrong_status", "The appointment's status does not allow this.")

    static let tooEarly = Problem.conflict("too_early", "It is too early for this: the visit has not come.")

    /// The steps of a visit are taken twelve hours before its start at the earliest, a no-show not before it. Errors: `too_early`.
    func isTime(for step: Step, at now: Instant) throws(Problem) {
        let ahead = startsAt.seconds(since: now)
        switch step {
        case .move, .cancel, .confirm: return
        case .noShow: guard ahead <= 0 else { throw Appointment.tooEarly }
        case .checkIn, .room, .begin, .checkOut, .complete: guard ahead <= 12 * 3600 else { throw Appointment.tooEarly }
        }
    }

    /// The status after a step. Errors: `wrong_status`, with the status as it is.
    func status(after step: Step) throws(Problem) -> Status {
        guard step.allowed.contains(status) else {
            var problem = Appointment.wrongStatus
            problem.extra["current_status"] = "\"\(status.rawValue)\""
            throw problem
        }
        return step.result(from: status)
    }
}
