import Values

/// Why a rule or a series is refused: one code each (RFC 5545 sections 3.3.10 and 3.8.5).
enum RecurrenceProblem {
    static let tooLong = rule("rule_too_long", "The rule is longer than any that makes sense.")
    static let malformed = rule(
        "rule_malformed",
        "The rule is not a list of NAME=VALUE parts divided by semicolons with one FREQ among them."
    )
    static let frequency = rule("frequency_unsupported", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY. Nothing repeats within a day.")
    static let countWithUntil = rule("count_with_until", "A rule ends by COUNT or by UNTIL, not by both.")
    static let unending = rule("rule_unending", "The rule never ends. Give it a COUNT or an UNTIL.")
    static let startNotOccurrence = rule(
        "start_not_occurrence",
        "The first day is not one of the rule's days. See first_occurrence for the next that is, if there is one."
    )
    static let endsBeforeStart = rule("ends_before_start", "UNTIL lies before the first occurrence.")
    static let nothingLeft = Problem(.invalid, "no_occurrence_left", "The exceptions leave no occurrence.")
    static let startOutside = Problem(.invalid, "start_outside", "The first day is too far from today.")

    static func unsupported(_ part: String) -> Problem {
        rule("part_unsupported", "\(part) is not supported. Use BYDAY, BYMONTHDAY, BYMONTH and BYSETPOS.")
    }

    static let unknownPart = rule("part_unknown", "The rule has a part that RFC 5545 does not know.")

    static func repeated(_ part: String) -> Problem { rule("part_repeated", "\(part) is there twice.") }

    static func value(_ part: String, _ what: String) -> Problem { rule("part_invalid", "\(part) is \(what).") }

    static func misplaced(_ part: String, _ why: String) -> Problem { rule("part_misplaced", "\(part) \(why).") }

    static func tooMany(_ limit: Int) -> Problem {
        rule("too_many_occurrences", "A series has at most \(limit) occurrences.", extra: ["limit": String(limit)])
    }

    static func reachesTooFar(_ days: Int) -> Problem {
        rule("series_too_long", "A series reaches at most \(days) days from its first occurrence.", extra: ["limit_days": String(days)])
    }

    static func tooManyDays(_ pointer: String, _ limit: Int) -> Problem {
        member(pointer, "too_many_days", "At most \(limit) days are listed.")
    }

    static func extraOutside(_ index: Int) -> Problem {
        member("/extra_days/\(index)", "extra_day_outside", "An extra day lies before the first day or beyond the limit of a series.")
    }

    /// What whoever takes a rule documents.
    static let errors = [
        tooLong, malformed, unknownPart, unsupported("BYHOUR"), repeated("COUNT"), value("INTERVAL", "no number"),
        misplaced("BYSETPOS", "needs another BY part"), frequency, countWithUntil, unending, startNotOccurrence, endsBeforeStart,
        startOutside, nothingLeft, tooMany(Series.limits.occurrences), reachesTooFar(Series.limits.days),
        tooManyDays("/exceptions", Series.limits.listedDays), extraOutside(0),
    ]

    private static func rule(_ code: String, _ detail: String, extra: [String: String] = [:]) -> Problem {
        member("/rule", code, detail, extra: extra)
    }

    private static func member(_ pointer: String, _ code: String, _ detail: String, extra: [String: String] = [:]) -> Problem {
        Problem(.invalid, code, detail, errors: [Problem.Member(pointer, code, detail)], extra: extra)
    }
}
