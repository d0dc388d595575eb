public import Values

/// An opening kept for somebody for some minutes. When it is confirmed, the appointment bears its id.
public struct Hold: Sendable, Hashable {
    public let id: HoldID
    public let type: AppointmentTypeID
    /// nil until somebody is named.
    public let patient: PatientID?
    public let provider: ProviderID
    public let resources: [ResourceID]
    public let span: InstantRange
    public let expiresAt: Instant
    public var usedAt: Instant?
    public let createdAt: Instant
    /// Kept for those on the waitlist to whom its time is offered; it bears the freed time's id.
    public var isForWaitlist = false

    public var startsAt: Instant { span.start }
    public var endsAt: Instant { span.end }
    var appointment: AppointmentID { AppointmentID(id.uuid) }

    static let expired = Problem.conflict(
        "hold_expired",
        "The hold has run out, and its time may be somebody else's. Ask for openings again."
    )
    static let used = Problem.conflict("hold_used", "The hold was confirmed already. See appointment_id for what came of it.")
    static let otherPatient = Problem.invalid("/patient_id", "other_patient", "The hold was made for somebody else.")
    static let forWaitlist = Problem.conflict(
        "hold_for_waitlist",
        "This time is offered to the waitlist: an offer's link claims it. Giving the hold back withdraws the offers and frees it."
    )
    static let patientMissing = Problem.invalid("/patient_id", "required", "The hold was made for nobody yet: say for whom it is.")

    /// Errors: `hold_used`, `hold_expired`.
    func check(at now: Instant) throws(Problem) {
        guard usedAt == nil else {
            var problem = Hold.used
            problem.extra["appointment_id"] = "\"\(appointment)\""
            throw problem
        }
        guard expiresAt > now else { throw Hold.expired }
    }
}
