import Tenancy
import Values
import Web

/// Which openings are asked for, wherever they are.
struct OpeningsAnywhereBody: Sendable {
    /// A type of one location.
    struct LocatedType: Sendable {
        var location = LocationID.blank
        var type = AppointmentTypeID.blank

        static let shape = Shape("LocatedType", LocatedType()) {
            Field("location_id", \.location, .id())
            Field("type_id", \.type, .id())
        }
    }

    var typeName: String?
    var locations: [LocationID] = []
    var types: [LocatedType] = []
    var fromDay = Day.blank
    var throughDay: Day?
    var weekdays: [Int] = []
    var fromTime: TimeOfDay?
    var untilTime: TimeOfDay?
    var minutes: Int?
    var step = 15
    var order = OpeningOrder.best
    var online = false
    var limit = 20

    static let mostLocations = 50
    static let longest = 31
    static let oneForm = Problem.invalid("/type_name", "one_type", "Send either type_name, or types.")
    static let unknownName = Problem.invalid(
        "/type_name",
        "unknown_reference",
        "No location whose schedule you may see has an appointment type of this name in use."
    )
    static let tooMany = Problem.invalid("/location_ids", "too_many_locations", "Ask at most 50 locations at once: name some of them.")
    static let rangeTooLong = Problem.invalid("/through_day", "range_too_long", "Ask for at most 31 days at once.")

    static let shape = Shape("FindOpeningsAnywhere", OpeningsAnywhereBody()) {
        Field("type_name", \.typeName, .text(1...100), example: "Check-up", about: "Of a type in use, in capitals or small letters.")
        Field(
            "location_ids",
            \.locations,
            .list(of: .id(), 0...50, unique: true),
            optional: true,
            about: "With type_name: only these; all whose schedule the caller may see when empty."
        )
        Field(
            "types",
            \.types,
            .list(of: .object(LocatedType.shape), 0...50),
            optional: true,
            about: "Instead of type_name, where locations call it differently."
        )
        Field("from_day", \.fromDay, .day, example: Day("2026-03-02"))
        Field("through_day", \.throughDay, .day, about: "The last day, at most 31; the first when absent.")
        Field(
            "weekdays",
            \.weekdays,
            .list(of: .int(1...7), 0...7, unique: true),
            optional: true,
            about: "1 is Monday; every day when empty."
        )
        Field("from_time", \.fromTime, .time, about: "Not before this time of the day, on each location's clocks.")
        Field("until_time", \.untilTime, .time, about: "Over by this time of the day.")
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), about: "The type's when absent.")
        Field("step", \.step, .int(5...240), optional: true, about: "They begin at multiples of so many minutes of the day.")
        Field("order", \.order, .choice(), optional: true, about: "Over all locations, as at each.")
        Field("online", \.online, .bool, optional: true, about: "As a patient would ask: only types that are booked online.")
        Field("limit", \.limit, .int(1...200), optional: true)
    }

    /// Errors: `range_too_long`, `before_from`.
    func days() throws(Problem) -> (first: Day, last: Day) {
        let days = try at(.blank).days()
        guard days.last < fromDay.adding(days: OpeningsAnywhereBody.longest) else { throw OpeningsAnywhereBody.rangeTooLong }
        return days
    }

    /// The same question of one location.
    func at(_ type: AppointmentTypeID) -> OpeningsBody {
        var body = OpeningsBody()
        body.type = type
        body.fromDay = fromDay
        body.throughDay = throughDay
        body.weekdays = weekdays
        body.fromTime = fromTime
        body.untilTime = untilTime
        body.minutes = minutes
        body.step = step
        body.order = order
        body.online = online
        body.limit = limit
        return body
    }
}

/// An opening, and where it is.
struct LocatedOpening: Sendable {
    let location: Location
    let type: AppointmentTypeID
    let opening: Opening

    static let shape = Shape<LocatedOpening>("LocatedOpening") {
        Field("location_id", \.location.id, .id())
        Field("location_name", \.location.name, .text(1...100))
        Field("time_zone", \.location.timeZone, .zone)
        Field("type_id", \.type, .id())
        Field("opening", \.opening, .object(Opening.shape))
    }
}

/// The best of all locations together, and how many there are.
struct OpeningsAnywhere: Sendable {
    let items: [LocatedOpening]
    let total: Int
    /// Whose openings are not among these.
    let unavailable: [UnavailableLocation]

    static let shape = Shape<OpeningsAnywhere>("OpeningsAnywhere") {
        Field("items", \.items, .list(of: .object(LocatedOpening.shape), 0...200))
        Field(
            "total",
            \.total,
            .int(0...Int.max),
            about: "How many there are, shown or not, at the locations whose schedule the caller may see."
        )
        Field(
            "unavailable",
            \.unavailable,
            .list(of: .object(UnavailableLocation.shape), 0...50),
            about: "Locations that do not answer now: what they have is not counted. Ask for them again later."
        )
    }
}
