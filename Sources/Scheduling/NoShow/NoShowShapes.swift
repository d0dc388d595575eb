import Values
import Web

struct NoShowQuery: Sendable {
    var fromDay: Day?
    var throughDay: Day?

    static let shape = Shape("NoShowQuery", NoShowQuery()) {
        Field("from_day", \.fromDay, .day, about: "A year ago when absent.")
        Field("through_day", \.throughDay, .day, about: "Today when absent; at most three years after the first.")
    }

    static let badRange = Problem.invalid("through_day", "range_too_long", "Send days in order, at most three years apart.")

    /// Never later than now: what has not been is no history.
    func range(_ rules: TimeZoneRules, _ now: Instant) throws(Problem) -> InstantRange {
        let today = rules.wallClock(at: now).day
        let last = min(throughDay ?? today, today)
        let first = fromDay ?? last.adding(days: -ShowNoShows.days)
        guard first <= last, last <= first.adding(days: 3 * 366) else { throw NoShowQuery.badRange }
        guard let range = InstantRange(rules.start(of: first), min(rules.start(of: last.adding(days: 1)), now)) else {
            throw NoShowQuery.badRange
        }
        return range
    }
}

extension NoShowRates {
    static let tooMany = Problem.invalid("too_many_kinds", "More kinds of appointments are in these days than can be counted together.")

    static let shape = Shape<NoShowRates>("NoShowRates") {
        Field("appointments", \.count, .int(0...Int.max), about: "Kept or missed in these days.")
        Field("missed", \.missed, .int(0...Int.max))
        Field("rate", \.base, .int(0...whole), about: "Of a hundred thousand.")
        Field("groups", \.groups, .list(of: .object(Group.shape), 0...2000))
    }
}

extension NoShowRates.Group {
    static let shape = Shape<NoShowRates.Group>("NoShowGroup") {
        Field("factor", \.factor, .choice())
        Field(
            "value",
            \.value,
            .text(1...50),
            about: "A weekday (1 is Monday), days of lead, earlier no-shows, new or returning, a type's id."
        )
        Field("appointments", \.count, .int(0...Int.max))
        Field("missed", \.missed, .int(0...Int.max))
        Field(
            "rate",
            \.rate,
            .int(0...NoShowRates.whole),
            about: "Of a hundred thousand; of few appointments it leans on the rate over all."
        )
    }
}

extension NoShowRisk {
    static let shape = Shape<NoShowRisk>("NoShowRisk") {
        Field(
            "risk",
            \.risk,
            .int(0...NoShowRates.whole),
            about: "Of a hundred thousand: the rate over all and the parts, within 1 and 95 percent."
        )
        Field("rate", \.base, .int(0...NoShowRates.whole), about: "Over all.")
        Field("appointments", \.count, .int(0...Int.max), about: "Past appointments it rests on.")
        Field("parts", \.parts, .list(of: .object(Part.shape), 0...10))
    }
}

extension NoShowRisk.Part {
    static let shape = Shape<NoShowRisk.Part>("NoShowPart") {
        Field("factor", \.factor, .choice())
        Field("value", \.value, .text(1...50))
        Field("appointments", \.count, .int(0...Int.max))
        Field("points", \.points, .int(-NoShowRates.whole...NoShowRates.whole), about: "What it adds to the rate over all.")
    }
}

struct SimulationBody: Sendable {
    var fromDay = Day.blank
    var throughDay = Day.blank
    var policies: [DoubleBookingPolicy] = []

    static let badRange = Problem.invalid("/through_day", "range_too_long", "Send past days in order, at most 366.")
    static let tooMany = Problem.invalid(
        "too_many_appointments",
        "More appointments are in these days than can be simulated. Send fewer days."
    )

    static let shape = Shape("SimulateDoubleBooking", SimulationBody()) {
        Field("from_day", \.fromDay, .day, example: Day("2026-01-01"))
        Field("through_day", \.throughDay, .day, example: Day("2026-01-31"))
        Field("policies", \.policies, .list(of: .object(DoubleBookingPolicy.shape), 1...20))
    }

    func range(_ rules: TimeZoneRules, _ now: Instant) throws(Problem) -> InstantRange {
        guard fromDay <= throughDay, throughDay < fromDay.adding(days: 366),
            let range = InstantRange(rules.start(of: fromDay), min(rules.start(of: throughDay.adding(days: 1)), now))
        else { throw SimulationBody.badRange }
        return range
    }
}

extension DoubleBookingPolicy {
    static let shape = Shape("DoubleBookingPolicy", DoubleBookingPolicy()) {
        Field("threshold", \.threshold, .int(0...NoShowRates.whole), example: 30_000, about: "A risk of a hundred thousand, or above.")
        Field("most_per_day", \.mostPerDay, .int(0...50), example: 2, about: "Of one provider.")
    }
}

struct Simulation: Sendable {
    let appointments: Int
    let base: Int
    let results: [DoubleBookingResult]

    static let shape = Shape<Simulation>("DoubleBookingSimulation") {
        Field("appointments", \.appointments, .int(0...Int.max), about: "Of the year before these days: what the risks rest on.")
        Field("rate", \.base, .int(0...NoShowRates.whole), about: "Over all, of a hundred thousand.")
        Field("results", \.results, .list(of: .object(DoubleBookingResult.shape), 0...20))
    }
}

extension DoubleBookingResult {
    static let shape = Shape<DoubleBookingResult>("DoubleBookingResult") {
        Field("policy", \.policy, .object(DoubleBookingPolicy.shape))
        Field("visits", \.visits, .int(0...Int.max))
        Field("doubled", \.doubled, .int(0...Int.max), about: "Second patients who would have been booked.")
        Field("filled", \.filled, .int(0...Int.max), about: "Of these: the first did not come.")
        Field("collided", \.collided, .int(0...Int.max), about: "Of these: the first came.")
        Field("recovered_minutes", \.recoveredMinutes, .int(0...Int.max))
        Field("crowded_minutes", \.crowdedMinutes, .int(0...Int.max), about: "Of two patients at once.")
        Field("empty_minutes", \.emptyMinutes, .int(0...Int.max), about: "As it was, without the policy.")
    }
}
