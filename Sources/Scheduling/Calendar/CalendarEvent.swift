public import Values

/// A VEVENT as a calendar file has it (RFC 5545 section 3.6.1), as far as an import of appointments needs it.
public struct CalendarEvent: Hashable, Sendable {
    public enum Status: String, Hashable, Sendable, CaseIterable {
        case tentative = "TENTATIVE"
        case confirmed = "CONFIRMED"
        case cancelled = "CANCELLED"
    }

    /// When it ends, as it was said.
    public enum End: Hashable, Sendable {
        case at(CalendarTime)
        case after(minutes: Int)
        /// Not said: a whole day, or no time at all.
        case unsaid
    }

    /// Where it begins in the file; the first line is 1.
    public let line: Int
    public let uid: String?
    /// Personal data: for the importer's preview, never for a log.
    public let summary: String
    public let status: Status?
    public let sequence: Int
    public let start: CalendarTime
    public let end: End
    /// It may be one that never ends: cut it with `RecurrenceRule.ending` before it is expanded.
    public let rule: RecurrenceRule?
    public let exceptions: [CalendarTime]
    public let extras: [CalendarTime]
    /// This event replaces one occurrence of the series with the same UID: the one that would have begun then.
    public let recurrenceID: CalendarTime?

    /// Minutes from start to end, floating times on a location's wall; nil for a whole day and where the end is not said.
    public func minutes(at location: TimeZoneRules) -> Int? {
        switch end {
        case .unsaid: return nil
        case .after(let minutes): return start.isDay ? nil : minutes
        case .at(let end):
            guard let from = start.instant(at: location), let until = end.instant(at: location) else { return nil }
            return Int(until.seconds(since: from) / 60)
        }
    }
}

/// What a calendar file holds.
public struct CalendarContent: Hashable, Sendable {
    /// The events that nothing forbids to take, in the order of the file; empty when the file is refused.
    public let events: [CalendarEvent]
    /// Events that findings hold back.
    public let heldEvents: Int
    public let findings: [CalendarFinding]
    /// Findings beyond the limit.
    public let findingsLeftOut: Int
    /// False: nothing of the file may be taken.
    public let isTrusted: Bool
}
