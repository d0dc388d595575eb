public import Tenancy
public import Values

/// Work that comes with time. Every worker inserts the job of the latest slot; the slot is the job's unique key, so one of them does and
/// there is no leader.
public struct CronEntry: Sendable {
    enum Place: Sendable {
        case platform(TimeZoneRules, @Sendable (CronSlot) -> any JobDescription)
        case eachLocation(@Sendable (Location, CronSlot) -> any JobDescription)
    }

    let name: String
    let schedule: CronSchedule
    let place: Place

    /// Once for the platform, in control's queue; on the clock of `zone`, UTC when nil.
    public init(
        _ name: String,
        _ schedule: CronSchedule,
        zone: ZoneName? = nil,
        _ make: @escaping @Sendable (CronSlot) -> any JobDescription
    ) {
        self.name = name
        self.schedule = schedule
        place = .platform(TimeZoneRules(zone ?? .utc), make)
    }

    /// Once for each active location, in its own queue and on its own clock; for a suspended one where the job's policy says so.
    public init(
        eachLocation name: String,
        _ schedule: CronSchedule,
        _ make: @escaping @Sendable (Location, CronSlot) -> any JobDescription
    ) {
        self.name = name
        self.schedule = schedule
        place = .eachLocation(make)
    }
}
