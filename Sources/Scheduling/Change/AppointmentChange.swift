import Access
import Jobs
import Values
import Web

/// What happened to an appointment, and what it was before.
struct AppointmentChange: Sendable {
    /// What was different; absent members were not.
    struct Previous: Sendable, Hashable {
        var startsAt: Instant?
        var endsAt: Instant?
        var provider: ProviderID?
        var resources: [ResourceID]?
        var note: String?

        static let shape = Shape("PreviousAppointment", Previous()) {
            Field("starts_at", \.startsAt, .instant, null: false)
            Field("ends_at", \.endsAt, .instant, null: false)
            Field("provider_id", \.provider, .id(), null: false)
            Field("resource_ids", \.resources, .list(of: .id(), 0...10), null: false)
            Field("note", \.note, .note(1...2000), null: false)
        }

        init() {}

        init(_ old: Appointment, _ new: Appointment) {
            if old.startsAt != new.startsAt { startsAt = old.startsAt }
            if old.endsAt != new.endsAt { endsAt = old.endsAt }
            if old.provider != new.provider { provider = old.provider }
            if Set(old.resources.map(\.id)) != Set(new.resources.map(\.id)) { resources = old.resources.map(\.id) }
            if old.note != new.note { note = old.note }
        }
    }

    let id: UUID
    let at: Instant
    let by: UUID
    let step: String
    let fromStatus: Appointment.Status?
    let toStatus: Appointment.Status
    let changed: [String]
    let previous: Previous

    static let shape = Shape<AppointmentChange>("AppointmentChange") {
        Field("id", \.id, .uuid)
        Field("at", \.at, .instant)
        Field("by", \.by, .uuid)
        Field("step", \.step, .text(1...50), example: "move")
        Field("from_status", \.fromStatus, .choice())
        Field("to_status", \.toStatus, .choice())
        Field("changed", \.changed, .list(of: .text(1...50), 0...20))
        Field("previous", \.previous, .object(Previous.shape))
    }
}

extension Work {
    /// Writes what happened into the appointment's history; rides with the next flight. A booking is its own first line. Whatever changes an
    /// appointment comes through here: what its patient was asked is withdrawn when it is not so any more.
    func record(_ step: String, from old: Appointment, to new: Appointment) {
        let change = AppointmentChange(
            id: id(EventID.self).uuid,
            at: now,
            by: caller.actor.id,
            step: step,
            fromStatus: old.status,
            toStatus: new.status,
            changed: MoveAppointment.changed(old, new),
            previous: AppointmentChange.Previous(old, new)
        )
        enqueue(AppointmentChangeStore.insert(change, of: new.id))
        if RepairQuestion.isWithdrawn(by: old, new) { enqueue(RepairQuestionStore.withdraw(new.id, at: now, by: caller.actor.id)) }
    }
}
