import Values
public import Web

struct BookAppointmentBody: Sendable {
    var patient = PatientID.blank
    var type = AppointmentTypeID.blank
    var provider = ProviderID.blank
    var resources: [ResourceID] = []
    var start = StartTime()
    var minutes: Int?
    var note: String?
    var override: Override?

    static let shape = Shape("BookAppointment", BookAppointmentBody()) {
        Field("patient_id", \.patient, .id())
        Field("type_id", \.type, .id())
        Field("provider_id", \.provider, .id())
        Field(
            "resource_ids",
            \.resources,
            .list(of: .id(), 0...10),
            optional: true,
            about: "Rooms, chairs, devices and further providers, in any order."
        )
        Field("starts_at", \.start.instant, .instant, example: Instant("2026-03-02T14:30:00Z"), about: "Either this, or day and time.")
        Field("day", \.start.day, .day, about: "With time: as the location's clocks show it.")
        Field("time", \.start.time, .time)
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), about: "The type's when absent.")
        Field("note", \.note, .note(1...2000))
        Field("override", \.override, .object(Override.shape), null: false, about: "Sets rules of the schedule aside that allow it.")
    }
}

struct MoveAppointmentBody: Sendable {
    var start = StartTime()
    var minutes: Int?
    var provider: ProviderID?
    var resources: [ResourceID]?
    var note = Change<String>.keep
    var override: Override?

    static let shape = Shape("MoveAppointment", MoveAppointmentBody()) {
        Field("starts_at", \.start.instant, .instant, null: false, about: "Either this, or day and time.")
        Field("day", \.start.day, .day, null: false)
        Field("time", \.start.time, .time, null: false)
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), null: false)
        Field("provider_id", \.provider, .id(), null: false)
        Field("resource_ids", \.resources, .list(of: .id(), 0...10), null: false, about: "All of them: those not named are left.")
        Field("note", \.note, .note(1...2000))
        Field("override", \.override, .object(Override.shape), null: false, about: "Sets rules of the schedule aside that allow it.")
    }
}

struct CancelAppointmentBody: Sendable {
    var reason = ""
    var note: String?

    static let shape = Shape("CancelAppointment", CancelAppointmentBody()) {
        Field("reason_code", \.reason, .code(1...50, "a-z0-9_"), example: "patient_ill")
        Field("reason_text", \.note, .note(1...500))
    }
}

/// Which appointments: those of a day, of a span of days, or of a patient; then narrowed.
struct AppointmentQuery: Sendable {
    var day: Day?
    var from: Instant?
    var until: Instant?
    var patient: PatientID?
    var provider: ProviderID?
    var status: Appointment.Status?

    static let shape = Shape("AppointmentQuery", AppointmentQuery()) {
        Field("day", \.day, .day, about: "On the location's calendar.")
        Field("from", \.from, .instant)
        Field("until", \.until, .instant, about: "At most 31 days after from.")
        Field("patient_id", \.patient, .id())
        Field("provider_id", \.provider, .id())
        Field("status", \.status, .choice())
    }

    static let tooWide = Problem.invalid("too_wide", "Send day, or from and until at most 31 days apart, or patient_id.")
    static let twoRanges = Problem.invalid("day", "two_ranges", "Send either day, or from and until.")

    /// The span asked for; nil means all of a patient's. Errors: `too_wide`, `two_ranges`.
    func range(_ rules: TimeZoneRules) throws(Problem) -> InstantRange? {
        switch (day, from, until) {
        case (nil, nil, nil):
            guard patient != nil else { throw AppointmentQuery.tooWide }
            return nil
        case (let day?, nil, nil): return rules.span(of: day)
        case (nil, let from?, let until?):
            guard let range = InstantRange(from, until), until.seconds(since: from) <= 31 * 86_400 else { throw AppointmentQuery.tooWide }
            return range
        case (nil, _, _): throw AppointmentQuery.tooWide
        default: throw AppointmentQuery.twoRanges
        }
    }
}

extension Appointment.Use {
    static let shape = Shape<Appointment.Use>("AppointmentResource") {
        Field("id", \.id, .id())
        Field("kind", \.kind, .choice())
        Field("name", \.name, .text(1...201), example: "Room 1")
    }
}

extension Appointment: Versioned {
    static let shape = Shape<Appointment>("Appointment") {
        Field("id", \.id, .id())
        Field("patient_id", \.patient, .id())
        Field("type_id", \.type, .id())
        Field("type_name", \.typeName, .text(1...100), example: "Check-up")
        Field("provider_id", \.provider, .id())
        Field("provider_name", \.providerName, .text(1...201), example: "Grace Okafor")
        Field("resources", \.resources, .list(of: .object(Use.shape), 0...10))
        Field("starts_at", \.startsAt, .instant)
        Field("ends_at", \.endsAt, .instant)
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange))
        Field("time_zone", \.timeZone, .text(3...64), example: "America/New_York")
        Field("day", \.day, .day)
        Field("time", \.time, .time)
        Field("status", \.status, .choice())
        Field("note", \.note, .note(1...2000))
        Field("cancel_reason_code", \.cancelReason, .text(1...50))
        Field("cancel_reason_text", \.cancelNote, .note(1...500))
        Field("cancelled_late", \.cancelledLate, .bool)
        Field("confirmed_at", \.confirmedAt, .instant)
        Field("arrived_at", \.arrivedAt, .instant)
        Field("roomed_at", \.roomedAt, .instant)
        Field("started_at", \.startedAt, .instant)
        Field("checked_out_at", \.checkedOutAt, .instant)
        Field("completed_at", \.completedAt, .instant)
        Field("closed_at", \.closedAt, .instant)
        Field("encounter_id", \.encounter, .id())
        Field("overridden", \.overridden, .list(of: .choice(), 0...20), about: "Rules of the schedule that were set aside for it.")
        Field("override_reason_code", \.overrideCode, .text(1...50))
        Field("override_reason_text", \.overrideText, .text(1...500))
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}
