import Values

/// What a patient is asked to pay for one visit.
struct Invoice: Sendable {
    let id: InvoiceID
    let number: String
    let patient: PatientID
    let encounter: EncounterID
    let day: Day
    /// Minor units.
    let total: Int64
    let currency: Currency
    let createdAt: Instant
}
