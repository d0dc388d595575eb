public import Jobs
import Values
public import Web

/// Figures over all locations of an organization. Facts are recomputed from a location's own rows whenever something that counts happened, and
/// every night; a number can be opened to the rows it is made of.
public struct Reporting: Sendable {
    public init() {}

    public var routes: [Route] { DailyReportRoutes().routes + DayRoutes().routes }

    public var catalogue: JobCatalogue {
        JobCatalogue(
            jobs: [JobRegistration(NoteDays.self), JobRegistration(RecomputeDay.self), JobRegistration(RecomputeRecentDays.self)],
            subscriptions: Reporting.events.map { event in Subscription(event, starts: NoteDays.self) { try NoteDays($0) } },
            cron: [
                CronEntry(eachLocation: "reporting.recent_days", .daily(TimeOfDay(minutes: 2 * 60 + 40) ?? .midnight)) { _, slot in
                    RecomputeRecentDays(until: slot.day)
                }
            ]
        )
    }

    /// What changes a day's figures.
    private static let events = [
        "appointment.booked", "appointment.moved", "appointment.cancelled", "appointment.no_show", "appointment.restored",
        "encounter.created", "charge.posted", "payment.posted", "remittance.posted",
    ]
}
