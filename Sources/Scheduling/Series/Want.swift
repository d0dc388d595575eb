import Values

/// An appointment somebody wants, whenever that may be: one of many that are looked at together.
struct Want: Sendable {
    let appointment: AppointmentID
    let patron: Patron
    /// The provider first.
    let resources: [Resource]
    let type: AppointmentType
    /// Rules that were asked before and do not depend on the time, each with a pointer of its own.
    var settled: Set<Obstacle.Rule> = [.resourceInactive, .resourceMissing, .typeInactive]

    var demands: [Demand] { resources.map { Demand($0, type) } + [Demand(patient: patron.id)] }
}
