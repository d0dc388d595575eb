import Values
public import Web

struct CreateWeeklyHoursBody: Sendable {
    var resource: ResourceID?
    var weekday = 1
    var from = TimeOfDay.midnight
    var until = TimeOfDay.midnight
    var fromDay: Day?
    var throughDay: Day?

    static let shape = Shape("CreateWeeklyHours", CreateWeeklyHoursBody()) {
        Field("resource_id", \.resource, .id(), about: "Whose hours; the location's own when absent.")
        Field("weekday", \.weekday, .int(1...7), example: 1, about: "1 is Monday, 7 is Sunday.")
        Field("from", \.from, .time, example: TimeOfDay("08:30"))
        Field("until", \.until, .time, example: TimeOfDay("12:00"), about: "00:00 is the end of the day.")
        Field("from_day", \.fromDay, .day, about: "The first day on which they hold; today when absent.")
        Field("through_day", \.throughDay, .day, about: "The last day; without end when absent.")
    }
}

struct ChangeWeeklyHoursBody: Sendable {
    var weekday: Int?
    var from: TimeOfDay?
    var until: TimeOfDay?
    var fromDay: Day?
    var throughDay = Change<Day>.keep

    static let shape = Shape("ChangeWeeklyHours", ChangeWeeklyHoursBody()) {
        Field("weekday", \.weekday, .int(1...7), null: false)
        Field("from", \.from, .time, null: false)
        Field("until", \.until, .time, null: false)
        Field("from_day", \.fromDay, .day, null: false)
        Field("through_day", \.throughDay, .day)
    }
}

/// Whose hours: of everybody and the location when nothing is said.
struct HoursQuery: Sendable {
    var resource: ResourceID?
    var location: Bool?
    var day: Day?

    static let shape = Shape("HoursQuery", HoursQuery()) {
        Field("resource_id", \.resource, .id())
        Field("location", \.location, .bool, about: "true shows the location's own only.")
        Field("day", \.day, .day, about: "Those that hold on this day.")
    }
}

extension WeeklyHours: Versioned {
    static let shape = Shape<WeeklyHours>("WeeklyHours") {
        Field("id", \.id, .id())
        Field("resource_id", \.resource, .id())
        Field("weekday", \.weekday, .int(1...7))
        Field("from", \.part.starts, .time)
        Field("until", \.part.ends, .time)
        Field("from_day", \.fromDay, .day)
        Field("through_day", \.throughDay, .day)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
        Field("updated_by", \.updatedBy, .uuid)
    }
}
