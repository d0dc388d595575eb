public import Values

/// When a resource works, or a location is open, on one weekday. A break is the time between two of them.
public struct WeeklyHours: Sendable, Hashable {
    public let id: WeeklyHoursID
    /// nil is the location.
    public let resource: ResourceID?
    /// 1 is Monday, 7 is Sunday.
    public var weekday: Int
    public var part: DayPart
    public var fromDay: Day
    /// The last day on which it holds; nil has no end.
    public var throughDay: Day?
    public var version: Int
    public let createdAt: Instant
    public var updatedAt: Instant
    public var updatedBy: UUID

    static let overlap = Problem.conflict(
        "hours_overlap",
        "Working hours of one calendar may not overlap each other on one weekday. Change or end the others first."
    )

    func holds(on day: Day) -> Bool { fromDay <= day && throughDay.map { day <= $0 } ?? true }
}

/// Hours of single days, which hold instead of the weekly ones. None at all is a day off; at the location, a closure.
public struct DatedHours: Sendable, Hashable {
    public let id: DatedHoursID
    /// nil is the location.
    public let resource: ResourceID?
    public var fromDay: Day
    public var throughDay: Day
    public var parts: [DayPart]
    /// What people are told: a holiday's name.
    public var reason: String
    public var version: Int
    public let createdAt: Instant
    public var updatedAt: Instant
    public var updatedBy: UUID

    static let overlap = Problem.conflict(
        "dated_hours_overlap",
        "There are hours for some of these days already. Change or remove those first."
    )
    static let longest = 366
    static let tooLong = Problem.invalid("/through_day", "too_long", "Send at most 366 days at once.")

    func holds(on day: Day) -> Bool { fromDay <= day && day <= throughDay }
}
