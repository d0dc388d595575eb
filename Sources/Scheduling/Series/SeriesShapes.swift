import Values
import Web

/// A series as it is asked for; a preview asks the same without saying what to do.
struct SeriesBody: Sendable {
    var patient = PatientID.blank
    var type = AppointmentTypeID.blank
    var provider = ProviderID.blank
    var resources: [ResourceID] = []
    var rule = ""
    var startDay = Day.blank
    var time = TimeOfDay.midnight
    var exceptions: [Day] = []
    var extraDays: [Day] = []
    var minutes: Int?
    var note: String?
    var choice = SeriesChoice.allOrNothing

    private static let asked: [Field<SeriesBody>] = [
        Field("patient_id", \.patient, .id()),
        Field("type_id", \.type, .id()),
        Field("provider_id", \.provider, .id()),
        Field("resource_ids", \.resources, .list(of: .id(), 0...10), optional: true),
        Field(
            "rule",
            \.rule,
            .text(1...RecurrenceLimits.ruleBytes),
            example: "FREQ=WEEKLY;COUNT=10",
            about: "RFC 5545, daily to yearly, with COUNT or UNTIL. Days that do not exist (the 31st, 29 February) are left out, not moved."
        ),
        Field("start_day", \.startDay, .day, about: "The first occurrence; it must be one of the rule's days."),
        Field("time", \.time, .time, about: "On the location's clocks; it stays over daylight saving."),
        Field("exceptions", \.exceptions, .list(of: .day, 0...Series.limits.listedDays), optional: true),
        Field("extra_days", \.extraDays, .list(of: .day, 0...Series.limits.listedDays), optional: true),
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), about: "The type's when absent."),
    ]

    static let preview = Shape("PreviewSeries", SeriesBody()) { asked }

    static let shape = Shape("BookSeries", SeriesBody()) {
        asked
        Field("note", \.note, .note(1...2000), about: "Of every appointment.")
        Field("on_conflict", \.choice, .choice(), optional: true, about: "What to do with times that cannot be booked.")
    }
}

extension PlannedOccurrence {
    static let shape = Shape<PlannedOccurrence>("SeriesTime") {
        Field("ordinal", \.ordinal, .int(1...Series.limits.occurrences))
        Field("day", \.day, .day)
        Field("time", \.time, .time)
        Field("extra", \.isExtra, .bool)
        Field(
            "clock",
            \.clock,
            .choice(),
            about: "What the wall clock does then: a skipped time does not exist that day, a repeated one twice."
        )
        Field("starts_at", \.span.start, .instant)
        Field("ends_at", \.span.end, .instant)
        Field("state", \.state, .choice())
        Field("obstacles", \.obstacles, .list(of: .object(Obstacle.shape), 0...PlannedOccurrence.namedObstacles))
        Field(
            "proposed",
            \.proposed,
            .object(InstantRange.slotShape),
            about: """
                The nearest opening of its day, else of the six days before and after, short of the series' other days; null when there is none, \
                and where skip asks for none.
                """
        )
    }
}

extension SeriesPlan {
    static let shape = Shape<SeriesPlan>("SeriesPlan") {
        Field("time_zone", \.timeZone, .text(3...64), example: "America/New_York")
        Field("free", \.freeCount, .int(0...Series.limits.occurrences), about: "How many can be booked at their time.")
        Field("occurrences", \.occurrences, .list(of: .object(PlannedOccurrence.shape), 1...Series.limits.occurrences))
        Field(
            "stray_exceptions",
            \.strayExceptions,
            .list(of: .day, 0...Series.limits.listedDays),
            about: "Exceptions on which nothing would have happened anyway."
        )
    }
}

extension Series.Entry {
    static let shape = Shape<Series.Entry>("SeriesOccurrence") {
        Field("ordinal", \.ordinal, .int(1...Series.limits.occurrences))
        Field("original_day", \.day, .day)
        Field("outcome", \.outcome, .choice())
        Field("appointment_id", \.appointment, .id(), about: "Null for one that was skipped.")
    }
}

extension Series: Versioned {
    static let shape = Shape<Series>("Series") {
        Field("id", \.id, .id())
        Field("patient_id", \.patient, .id())
        Field("type_id", \.type, .id())
        Field("provider_id", \.provider, .id())
        Field("resource_ids", \.resources, .list(of: .id(), 0...10))
        Field("rule", \.rule, .text(1...RecurrenceLimits.ruleBytes), example: "FREQ=WEEKLY;COUNT=10")
        Field("start_day", \.startDay, .day)
        Field("time", \.time, .time)
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange))
        Field("exceptions", \.exceptions, .list(of: .day, 0...Series.limits.listedDays))
        Field("extra_days", \.extraDays, .list(of: .day, 0...Series.limits.listedDays))
        Field("time_zone", \.timeZone, .text(3...64), example: "America/New_York")
        Field("on_conflict", \.choice, .choice())
        Field("occurrences", \.entries, .list(of: .object(Entry.shape), 1...Series.limits.occurrences))
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}
