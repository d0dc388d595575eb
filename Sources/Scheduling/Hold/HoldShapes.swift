import Values
import Web

struct HoldBody: Sendable {
    var type = AppointmentTypeID.blank
    var provider = ProviderID.blank
    var resources: [ResourceID] = []
    var patient: PatientID?
    var start = StartTime()
    var minutes: Int?

    static let shape = Shape("HoldOpening", HoldBody()) {
        Field("type_id", \.type, .id())
        Field("provider_id", \.provider, .id())
        Field("resource_ids", \.resources, .list(of: .id(), 0...10), optional: true)
        Field("patient_id", \.patient, .id(), about: "May be named when the hold is confirmed.")
        Field("starts_at", \.start.instant, .instant, example: Instant("2026-03-02T14:30:00Z"), about: "Either this, or day and time.")
        Field("day", \.start.day, .day, about: "With time: as the location's clocks show it.")
        Field("time", \.start.time, .time)
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), about: "The type's when absent.")
    }
}

struct ConfirmHoldBody: Sendable {
    var patient: PatientID?
    var note: String?
    var override: Override?

    static let shape = Shape("ConfirmHold", ConfirmHoldBody()) {
        Field("patient_id", \.patient, .id(), about: "Needed where the hold names nobody.")
        Field("note", \.note, .note(1...2000))
        Field("override", \.override, .object(Override.shape), null: false, about: "Sets hours and blocks aside that were set since.")
    }
}

extension Hold {
    static let shape = Shape<Hold>("Hold") {
        Field("id", \.id, .id())
        Field("type_id", \.type, .id())
        Field("patient_id", \.patient, .id())
        Field("provider_id", \.provider, .id())
        Field("resource_ids", \.resources, .list(of: .id(), 0...10))
        Field("starts_at", \.startsAt, .instant)
        Field("ends_at", \.endsAt, .instant)
        Field("expires_at", \.expiresAt, .instant)
        Field("for_waitlist", \.isForWaitlist, .bool, about: "Kept for those on the waitlist to whom its time is offered.")
        Field("created_at", \.createdAt, .instant)
    }
}
