import Postgres
import Values

/// Appointments that were booked together by a rule. Each is an appointment of its own; this says what was asked and what became of it.
struct Series: Sendable {
    /// What became of one occurrence when the series was booked.
    enum Outcome: String, Sendable, CaseIterable, Bindable, Readable {
        case booked, shifted, skipped
    }

    struct Entry: Sendable, Hashable {
        let ordinal: Int
        let day: Day
        let outcome: Outcome
        let appointment: AppointmentID?
    }

    let id: SeriesID
    let patient: PatientID
    let type: AppointmentTypeID
    var provider: ProviderID
    var resources: [ResourceID]
    let rule: String
    let startDay: Day
    var time: TimeOfDay
    var minutes: Int
    let exceptions: [Day]
    let extraDays: [Day]
    let timeZone: String
    let choice: SeriesChoice
    var entries: [Entry] = []
    var version: Int
    let createdAt: Instant
    var updatedAt: Instant

    /// A year of days: one transaction holds locks for all of them.
    static let limits: RecurrenceLimits = {
        var limits = RecurrenceLimits.standard
        limits.occurrences = 366
        limits.listedDays = 366
        return limits
    }()
}

extension SeriesChoice: Bindable, Readable {}
