import Values

/// What a patient knows of an appointment.
struct ToldAppointment: Sendable, Hashable {
    /// Why there is something to tell.
    enum News: String, Sendable {
        case booked, moved, cancelled
    }

    /// False when it was cancelled.
    let stands: Bool
    let startsAt: Instant
    let provider: ProviderID

    /// nil when the patient knows already: nothing happened that lasted. What was never told of and is cancelled was never there.
    func news(after known: ToldAppointment?) -> News? {
        guard let known, known.stands else { return stands ? .booked : nil }
        guard stands else { return .cancelled }
        return self == known ? nil : .moved
    }
}

extension Appointment {
    var toTell: ToldAppointment { ToldAppointment(stands: status != .cancelled, startsAt: startsAt, provider: provider) }
}
