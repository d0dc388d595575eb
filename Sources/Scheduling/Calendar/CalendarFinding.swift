/// Something the iCalendar reader noticed, for the report of an import. It names lines and rules, never what the file says about people.
public struct CalendarFinding: Hashable, Sendable {
    public let code: Code
    public let severity: Severity
    /// The first is 1; of the file as it is, before unfolding.
    public let line: Int
    /// The code of a rule's refusal, for `ruleRefused`.
    public let detail: String?

    /// What a finding forbids.
    public enum Severity: Int, Hashable, Sendable, Comparable {
        /// Nothing.
        case note
        /// Taking this event.
        case holdsEvent
        /// Taking anything of this file.
        case refusesFile

        public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
    }

    /// Stable names: stored, shown and counted by others.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        // The file.
        case fileTooLarge = "file-too-large"
        case noCalendar = "no-calendar"
        case calendarUnfinished = "calendar-unfinished"
        case componentMismatch = "component-mismatch"
        case componentsTooDeep = "components-too-deep"
        case tooManyComponents = "too-many-components"
        case tooManyEvents = "too-many-events"
        case tooManyZones = "too-many-zones"
        case outsideCalendar = "outside-calendar"

        // A line.
        case lineMalformed = "line-malformed"
        case lineTooLong = "line-too-long"
        case notUTF8 = "not-utf-8"
        case controlCharacter = "control-character"

        // An event.
        case tooManyLines = "too-many-lines"
        case propertyRepeated = "property-repeated"
        case startMissing = "start-missing"
        case timeInvalid = "time-invalid"
        case notWholeMinute = "not-whole-minute"
        case zoneUnknown = "zone-unknown"
        case endNotAfterStart = "end-not-after-start"
        case endAndDuration = "end-and-duration"
        case durationInvalid = "duration-invalid"
        case ruleRefused = "rule-refused"
        case ruleUnsupported = "rule-unsupported"
        case periodUnsupported = "period-unsupported"
        case tooManyDates = "too-many-dates"
        case statusUnknown = "status-unknown"
        case sequenceInvalid = "sequence-invalid"
        case uidMissing = "uid-missing"
        case uidTooLong = "uid-too-long"
        case uidRepeated = "uid-repeated"
        case summaryCut = "summary-cut"
    }
}

/// Findings in the order they were made. Of each severity a limited number is kept, so that many notes cannot hide a reason.
struct CalendarFindings {
    private(set) var kept: [CalendarFinding] = []
    private(set) var leftOut = 0
    private(set) var worst = CalendarFinding.Severity.note
    private var counts = [0, 0, 0]
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ code: CalendarFinding.Code, _ severity: CalendarFinding.Severity, line: Int, detail: String? = nil) {
        worst = max(worst, severity)
        guard counts[severity.rawValue] < limit else {
            leftOut += 1
            return
        }
        counts[severity.rawValue] += 1
        kept.append(CalendarFinding(code: code, severity: severity, line: line, detail: detail))
    }
}
