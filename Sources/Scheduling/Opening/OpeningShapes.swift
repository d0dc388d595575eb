import Values
import Web

/// Which openings are asked for.
struct OpeningsBody: Sendable {
    var type = AppointmentTypeID.blank
    var providers: [ProviderID] = []
    var patient: PatientID?
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
    var further: [FurtherPart] = []
    var prefer: Preferences?

    static let longest = 62
    static let rangeTooLong = Problem.invalid("/through_day", "range_too_long", "Ask for at most 62 days at once.")
    static let backwards = Problem.invalid("/through_day", "before_from", "It must not be before the first day.")
    static let noPerformer = Problem.invalid(
        "no_performer",
        "No provider in use may perform this type, or none of those asked for. Change the type's performers, or ask for others."
    )
    static let tooMuch = Problem.invalid(
        "too_much_booked",
        "More is booked in these days than can be looked at together. Ask for fewer days."
    )
    static let tooManyWays = Problem.invalid(
        "too_many_ways",
        "There are too many ways to put these appointments one after another. Ask for fewer days, fewer providers or shorter waits."
    )

    static let shape = Shape("FindOpenings", OpeningsBody()) {
        Field("type_id", \.type, .id())
        Field(
            "provider_ids",
            \.providers,
            .list(of: .id(), 0...50, unique: true),
            optional: true,
            about: "Any who may perform it when empty."
        )
        Field("patient_id", \.patient, .id(), about: "Whose own appointments are in the way.")
        Field("from_day", \.fromDay, .day, example: Day("2026-03-02"))
        Field("through_day", \.throughDay, .day, about: "The last day, at most 62; the first when absent.")
        Field(
            "weekdays",
            \.weekdays,
            .list(of: .int(1...7), 0...7, unique: true),
            optional: true,
            about: "1 is Monday; every day when empty."
        )
        Field("from_time", \.fromTime, .time, about: "Not before this time of the day.")
        Field("until_time", \.untilTime, .time, about: "Over by this time of the day.")
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), about: "The type's when absent.")
        Field("step", \.step, .int(5...240), optional: true, about: "They begin at multiples of so many minutes of the day.")
        Field(
            "order",
            \.order,
            .choice(),
            optional: true,
            about: """
                best: most preferences met, then the shortest waiting between parts, the fewest gap_minutes, the least busy provider, the earliest. \
                balanced: the least busy provider first.
                """
        )
        Field("prefer", \.prefer, .object(Preferences.shape), about: "What comes first in the order best; nothing is left out for it.")
        Field("online", \.online, .bool, optional: true, about: "As a patient would ask: only types that are booked online.")
        Field("limit", \.limit, .int(1...200), optional: true)
        Field(
            "then",
            \.further,
            .list(of: .object(FurtherPart.shape), 0...3),
            optional: true,
            about: "What follows for the same patient, one right after another: an X-ray, then an exam, then a cleaning."
        )
    }

    /// The days. Errors: `range_too_long`.
    func days() throws(Problem) -> (first: Day, last: Day) {
        let last = throughDay ?? fromDay
        guard fromDay <= last else { throw OpeningsBody.backwards }
        guard last < fromDay.adding(days: OpeningsBody.longest) else { throw OpeningsBody.rangeTooLong }
        return (fromDay, last)
    }

    /// The times of the day; nil without bounds.
    func part() throws(Problem) -> DayPart? {
        guard fromTime != nil || untilTime != nil else { return nil }
        guard let part = DayPart(fromTime ?? .midnight, untilTime ?? .midnight) else {
            throw Problem.invalid("/until_time", "before_from", "It must come after from_time; 00:00 is the end of the day.")
        }
        return part
    }
}

/// A further appointment of the same visit, after the one before.
struct FurtherPart: Sendable {
    var type = AppointmentTypeID.blank
    var providers: [ProviderID] = []
    var minutes: Int?
    var within = 0

    /// Minutes between the waits that are tried.
    static let step = 5

    static let shape = Shape("FurtherPart", FurtherPart()) {
        Field("type_id", \.type, .id())
        Field(
            "provider_ids",
            \.providers,
            .list(of: .id(), 0...50, unique: true),
            optional: true,
            about: "Any who may perform it when empty."
        )
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), about: "The type's when absent.")
        Field(
            "within_minutes",
            \.within,
            .int(0...240),
            optional: true,
            about: "How long the patient may wait for it after the one before: 0, 5, 10 and so on minutes are tried; 0 when absent."
        )
    }
}

/// The best openings, and how many there are.
struct Openings: Sendable {
    let items: [Opening]
    let total: Int
    let timeZone: String

    static let shape = Shape<Openings>("Openings") {
        Field("items", \.items, .list(of: .object(Opening.shape), 0...200))
        Field("total", \.total, .int(0...Int.max), about: "How many there are, shown or not.")
        Field("time_zone", \.timeZone, .text(3...64), example: "America/New_York")
    }
}

extension Opening {
    static let shape = Shape<Opening>("Opening") {
        Field("provider_id", \.providerID, .id())
        Field("resource_ids", \.resources, .list(of: .id(), 0...10))
        Field("starts_at", \.startsAt, .instant)
        Field("ends_at", \.endsAt, .instant)
        Field("gap_minutes", \.gapMinutes, .int(0...Int.max), about: "Minutes beside it that are too short for another of the same.")
        Field(
            "load_minutes",
            \.loadMinutes,
            .int(0...Int.max),
            about: "How much busier the provider is that day than the least busy who could."
        )
        Field("preferences_met", \.preferencesMet, .int(0...3), about: "Of prefer: provider, weekday and time of the day count one each.")
        Field("wait_minutes", \.waitMinutes, .int(0...Int.max), about: "How long the patient waits between this and what comes then.")
        Field(
            "then",
            \.further,
            .list(of: .object(Part.shape), 0...3),
            about: "What was asked for after it, one by one. Book or hold each; gap_minutes and load_minutes are of all together."
        )
    }

    private var providerID: ProviderID { ProviderID(provider.uuid) }
}

extension Opening.Part {
    static let shape = Shape<Opening.Part>("OpeningPart") {
        Field("type_id", \.type, .id())
        Field("provider_id", \.providerID, .id())
        Field("resource_ids", \.resources, .list(of: .id(), 0...10))
        Field("starts_at", \.span.start, .instant)
        Field("ends_at", \.span.end, .instant)
    }

    private var providerID: ProviderID { ProviderID(provider.uuid) }
}
