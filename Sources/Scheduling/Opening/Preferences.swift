import Postgres
import Values
import Web

/// What a patient would like best: no opening is left out for it, those that meet more of it come first.
struct Preferences: Sendable {
    var providers: [ProviderID] = []
    var weekdays: [Int] = []
    var fromTime: TimeOfDay?
    var untilTime: TimeOfDay?

    static let shape = Shape("OpeningPreferences", Preferences()) {
        Field("provider_ids", \.providers, .list(of: .id(), 0...50, unique: true), optional: true, about: "One of these.")
        Field("weekdays", \.weekdays, .list(of: .int(1...7), 0...7, unique: true), optional: true, about: "On one of these; 1 is Monday.")
        Field("from_time", \.fromTime, .time, about: "Beginning not before this time of the day.")
        Field("until_time", \.untilTime, .time, about: "Over by this time of the day; 00:00 is its end.")
    }

    /// With how many of them each meets: provider, weekday and time of the day count one each. Of several appointments the first one counts.
    func counted(in openings: [Opening], _ rules: TimeZoneRules) throws(Problem) -> [Opening] {
        let part = try part()
        let liked = Set(providers.map(\.resource))
        let days = Set(weekdays)
        return openings.map { opening in
            var opening = opening
            let (day, time) = rules.wallClock(at: opening.startsAt)
            let length = Int(clamping: opening.endsAt.seconds(since: opening.startsAt) / 60)
            if liked.contains(opening.provider) { opening.preferencesMet += 1 }
            if days.contains(day.weekday) { opening.preferencesMet += 1 }
            if let part, part.from <= time.minutes, time.minutes + length <= part.until { opening.preferencesMet += 1 }
            return opening
        }
    }

    private func part() throws(Problem) -> DayPart? {
        guard fromTime != nil || untilTime != nil else { return nil }
        guard let part = DayPart(fromTime ?? .midnight, untilTime ?? .midnight) else {
            throw Problem.invalid("/prefer/until_time", "before_from", "It must come after from_time; 00:00 is the end of the day.")
        }
        return part
    }
}
