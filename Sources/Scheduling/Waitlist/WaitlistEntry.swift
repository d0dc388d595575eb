import Access
import Postgres
import Values

/// Somebody who would come sooner, or at all, when time becomes free.
struct WaitlistEntry: Sendable, Hashable, NamingElsewhere {
    enum Status: String, Sendable, CaseIterable, Bindable, Readable {
        case waiting, booked, removed
    }

    /// Days and times the patient could come. What is empty is any.
    struct Window: Sendable, Hashable {
        var fromDay: Day?
        var throughDay: Day?
        /// 1 is Monday.
        var weekdays: [Int] = []
        var fromTime: TimeOfDay?
        /// The visit is over by then; nil or 00:00 is the end of the day.
        var untilTime: TimeOfDay?

        func holds(_ span: InstantRange, _ rules: TimeZoneRules) -> Bool {
            let start = rules.wallClock(at: span.start)
            let end = rules.wallClock(at: span.end)
            if let fromDay, start.day < fromDay { return false }
            if let throughDay, start.day > throughDay { return false }
            if !weekdays.isEmpty, !weekdays.contains(start.day.weekday) { return false }
            if let fromTime, start.time < fromTime { return false }
            guard let untilTime, untilTime > .midnight else { return true }
            return end.day == start.day && end.time <= untilTime
        }
    }

    let id: WaitlistEntryID
    let patient: PatientID
    /// The first that fits is offered.
    var types: [AppointmentTypeID]
    /// Empty is any provider.
    var providers: [ProviderID]
    /// Empty is any time.
    var windows: [Window]
    /// 1 waits least.
    var urgency: Int
    /// Whether a later appointment of the same type is given up when this patient takes an offer.
    var releasesLater: Bool
    /// An appointment at another location that is given up then too, and on whose right.
    var elsewhere: AppointmentElsewhere?
    var elsewhereBy: Actor?
    var note: String?
    var status: Status
    var appointment: AppointmentID?
    var version: Int
    let createdAt: Instant
    var updatedAt: Instant

    static let notWaiting = Problem.conflict("not_waiting", "This entry is not waiting any more: it was booked or removed.")
    static let backwards = Problem.invalid("/windows", "before_from", "A window must end after it begins.")

    func wants(_ provider: ProviderID, _ span: InstantRange, _ rules: TimeZoneRules) -> Bool {
        (providers.isEmpty || providers.contains(provider)) && (windows.isEmpty || windows.contains { $0.holds(span, rules) })
    }

    /// Errors: a window that is over before it begins.
    func check() throws(Problem) {
        for window in windows {
            if let from = window.fromDay, let through = window.throughDay, through < from { throw WaitlistEntry.backwards }
            if let from = window.fromTime, let until = window.untilTime, until > .midnight, until <= from { throw WaitlistEntry.backwards }
        }
    }
}
