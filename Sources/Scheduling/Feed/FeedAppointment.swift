import Values

/// An appointment as feeds may show it.
struct FeedAppointment: Sendable {
    let id: AppointmentID
    let patient: PatientID
    let span: InstantRange
    let version: Int
    let changedAt: Instant
    let typeName: String
    let patientName: String?

    /// What a calendar program gets: as little as will do. A provider's says what kind of visit it is, and whose only where the location wants
    /// that; a patient's says where to go, and nothing of why.
    func event(in link: FeedLink, at location: String, names: Bool) -> FeedEvent {
        let summary: String =
            if link.patient != nil {
                "Appointment, \(location)"
            } else if names, let patientName {
                "\(typeName): \(patientName)"
            } else {
                typeName
            }
        return FeedEvent(uid: id.description, time: .once(span), summary: summary, sequence: version - 1, changedAt: changedAt)
    }
}
