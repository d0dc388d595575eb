import Values
import Web

/// Which occurrences of a series an edit means.
struct SeriesScope: Sendable {
    enum Reach: String, Sendable, CaseIterable {
        case this, following, all
    }

    var reach = Reach.all
    var ordinal: Int?

    static let ordinalMissing = Problem.invalid("/ordinal", "required", "This and following need the ordinal they begin with.")
    static let ordinalUnwanted = Problem.invalid("/ordinal", "unwanted", "All occurrences are meant: leave ordinal out.")
    static let nothingLeft = Problem.conflict(
        "series_over",
        "None of these occurrences can be changed any more: they are over, cancelled or left out."
    )

    /// Errors: `required`, `unwanted`.
    func ordinals() throws(Problem) -> ClosedRange<Int> {
        switch (reach, ordinal) {
        case (.all, nil): return 1...Series.limits.occurrences
        case (.all, _): throw SeriesScope.ordinalUnwanted
        case (_, nil): throw SeriesScope.ordinalMissing
        case (.this, let ordinal?): return ordinal...ordinal
        case (.following, let ordinal?): return ordinal...max(ordinal, Series.limits.occurrences)
        }
    }
}

struct MoveSeriesBody: Sendable {
    var scope = SeriesScope()
    var days = 0
    var time: TimeOfDay?
    var minutes: Int?
    var provider: ProviderID?
    var resources: [ResourceID]?
    var choice = SeriesChoice.allOrNothing

    static let shape = Shape("MoveSeries", MoveSeriesBody()) {
        Field("scope", \.scope.reach, .choice(), about: "All are those that are not over.")
        Field("ordinal", \.scope.ordinal, .int(1...Series.limits.occurrences), null: false)
        Field("days", \.days, .int(-31...31), optional: true, about: "By so many days, each from where it is now.")
        Field("time", \.time, .time, null: false, about: "On the location's clocks.")
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), null: false)
        Field("provider_id", \.provider, .id(), null: false)
        Field("resource_ids", \.resources, .list(of: .id(), 0...10), null: false, about: "All of them: those not named are left.")
        Field("on_conflict", \.choice, .choice(), optional: true, about: "Skip leaves those where they are that cannot be moved.")
    }
}

struct CancelSeriesBody: Sendable {
    var scope = SeriesScope()
    var reason = ""
    var note: String?

    static let shape = Shape("CancelSeries", CancelSeriesBody()) {
        Field("scope", \.scope.reach, .choice())
        Field("ordinal", \.scope.ordinal, .int(1...Series.limits.occurrences), null: false)
        Field("reason_code", \.reason, .code(1...50, "a-z0-9_"), example: "patient_moved")
        Field("reason_text", \.note, .note(1...500))
    }
}

/// What an edit did.
struct SeriesEdit: Sendable, Versioned {
    let series: Series
    let changed: [AppointmentID]
    /// Those that could not be moved, and why.
    let left: [PlannedOccurrence]

    var version: Int { series.version }

    static let shape = Shape<SeriesEdit>("SeriesEdit") {
        Field("series", \.series, .object(Series.shape))
        Field("changed_ids", \.changed, .list(of: .id(), 0...Series.limits.occurrences))
        Field("left", \.left, .list(of: .object(PlannedOccurrence.shape), 0...Series.limits.occurrences))
    }
}
