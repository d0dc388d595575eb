import Access
import Values
import Web

extension Obstacle {
    static let shape = Shape<Obstacle>("Obstacle") {
        Field("rule", \.rule, .choice(), about: "What stands in the way.")
        Field("holder_id", \.holder, .uuid, about: "The resource or the patient it is about; null is the location or the type.")
        Field("from", \.span?.start, .instant)
        Field("until", \.span?.end, .instant)
        Field("cause", \.cause, .object(Cause.shape), about: "What set it; null when it is the question itself.")
        Field("remedy", \.remedy, .object(Remedy.shape), about: "The smallest change after which it is none.")
        Field("overridable", \.isOverridable, .bool, about: "Whether the permission appointments.override and a reason set it aside.")
    }

    /// The same without what the caller may not see: whose appointment it is.
    func shown(withAppointments: Bool) -> Obstacle {
        guard !withAppointments, [.appointment, .hold, .waitlistHold].contains(cause?.kind) else { return self }
        var known = Remedy(remedy.action)
        known.permission = remedy.permission
        return Obstacle(rule, of: holder, at: span, known, doubling: isOverridable)
    }
}

extension Obstacle.Cause {
    static let shape = Shape<Obstacle.Cause>("ObstacleCause") {
        Field("kind", \.kind, .choice())
        Field("id", \.id, .uuid)
        Field("set_by", \.setBy, .uuid, about: "Who set it last.")
        Field("set_at", \.setAt, .instant)
    }
}

extension Remedy {
    static let shape = Shape<Remedy>("Remedy") {
        Field("action", \.action, .choice())
        Field("id", \.id, .uuid, about: "Of the block, the hours or the appointment to be changed.")
        Field("resource_id", \.resource, .id())
        Field("day", \.day, .day)
        Field("hours", \.bodies, .list(of: .object(DayPartBody.shape), 0...12), about: "What the hours of the day would have to be.")
        Field("starts_at", \.startsAt, .instant)
        Field("provider_ids", \.providers, .list(of: .id(), 0...200))
        Field("kind", \.kind, .choice())
        Field("permission", \.permission?.rawValue, .text(3...50), about: "What it needs, where that is said.")
    }

    private var bodies: [DayPartBody]? { hours.map { $0.map(DayPartBody.init) } }
}
