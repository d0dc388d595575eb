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

        /// The steps that can be taken back; a completed visit has become an encounter, and a move is another move.
        static let undoable: Set<Step> = [.cancel, .confirm, .checkIn, .room, .begin, .checkOut, .noShow]

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

    static let nothingToUndo = Problem.conflict(
        "nothing_to_undo",
        "The last step cannot be taken back: there is none, or the visit is completed."
    )
    static let tooLateToUndo = Problem.conflict("too_late_to_undo", "A step can be taken back within a day.")
    private static let undoSeconds: Int64 = 86_400

    /// Leaves the time of a step behind; nil takes it away.
    mutating func set(_ step: Step, at moment: Instant?) {
        switch step {
        case .confirm: confirmedAt = moment
        case .checkIn: arrivedAt = moment
        case .room: roomedAt = moment
        case .begin: startedAt = moment
        case .checkOut: checkedOutAt = moment
        case .cancel, .noShow, .complete: closedAt = moment
        case .move: break
        }
    }

    /// The step that led to its status, and when; nil for a status nobody stepped into.
    private var lastStep: (step: Step, at: Instant?)? {
        switch status {
        case .booked, .completed: nil
        case .confirmed: (.confirm, confirmedAt)
        case .arrived: (.checkIn, arrivedAt)
        case .roomed: (.room, roomedAt)
        case .inSession: (.begin, startedAt)
        case .checkingOut: (.checkOut, checkedOutAt)
        case .cancelled: (.cancel, closedAt)
        case .noShow: (.noShow, closedAt)
        }
    }

    /// The status the steps before have left.
    private func statusBefore(_ step: Step) -> Status {
        if step == .checkOut, startedAt != nil { return .inSession }
        if step == .checkOut || step == .begin, roomedAt != nil { return .roomed }
        if step != .checkIn, step != .confirm, arrivedAt != nil { return .arrived }
        return step != .confirm && confirmedAt != nil ? .confirmed : .booked
    }

    /// Takes the last step back. Errors: `nothing_to_undo`, `too_late_to_undo`.
    func undone(at now: Instant) throws(Problem) -> (appointment: Appointment, step: Step) {
        guard let (step, at) = lastStep, Step.undoable.contains(step) else { throw Appointment.nothingToUndo }
        guard (at ?? updatedAt).seconds(since: now) > -Appointment.undoSeconds else { throw Appointment.tooLateToUndo }
        var before = self
        before.status = statusBefore(step)
        before.set(step, at: nil)
        if step == .cancel {
            before.cancelReason = nil
            before.cancelNote = nil
            before.cancelledLate = nil
        }
        return (before, step)
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
