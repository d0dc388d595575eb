import Access
import Values
import Web

/// Everything a calendar shows of one day: who works when, what is booked, held and blocked.
struct DayBoard: Sendable, Versioned {
    struct Column: Sendable {
        let resource: Resource
        /// When it works that day, within the location's hours; nil where nothing is set.
        let hours: [InstantRange]?
    }

    struct Entry: Sendable {
        let id: AppointmentID
        let version: Int
        let patient: PatientID
        let patientName: String
        let type: AppointmentTypeID
        let typeName: String
        let colour: String?
        let provider: ProviderID
        let resources: [ResourceID]
        let span: InstantRange
        let status: Appointment.Status
        let overridden: [Obstacle.Rule]
    }

    let day: Day
    let timeZone: String
    /// Made of the ids and versions of everything on it.
    let version: Int
    /// When the location is open; nil where nothing is set.
    let hours: [InstantRange]?
    /// Why its hours are others than usual.
    let reason: String?
    let columns: [Column]
    let entries: [Entry]
    let blocks: [Block]
    let holds: [Hold]

    static let tooMuch = Problem.invalid("too_much_booked", "More is booked on this day than one board shows.")
}

extension DayBoard {
    static let shape = Shape<DayBoard>("DayBoard") {
        Field("day", \.day, .day)
        Field("time_zone", \.timeZone, .text(3...64), example: "America/New_York")
        Field(
            "hours",
            \.hours,
            .list(of: .object(InstantRange.slotShape), 0...20),
            about: "When the location is open; null where nothing is set."
        )
        Field("reason", \.reason, .text(1...200), about: "Why its hours are others than usual.")
        Field("resources", \.columns, .list(of: .object(Column.shape), 0...ResourceStore.most))
        Field("appointments", \.entries, .list(of: .object(Entry.shape), 0...BoardStore.limit), about: "All but those that were cancelled.")
        Field("blocks", \.blocks, .list(of: .object(Block.shape), 0...TimetableStore.limit))
        Field("holds", \.holds, .list(of: .object(Hold.shape), 0...BoardStore.limit))
        Field("version", \.version, .int(0...Int.max))
    }
}

extension DayBoard.Column {
    static let shape = Shape<DayBoard.Column>("BoardResource") {
        Field("id", \.resource.id, .id())
        Field("kind", \.resource.kind, .choice())
        Field("name", \.resource.name, .text(1...201), example: "Room 1")
        Field("lanes", \.resource.lanes, .int(1...100))
        Field("hours", \.hours, .list(of: .object(InstantRange.slotShape), 0...20), about: "When it works; null where nothing is set.")
    }
}

extension DayBoard.Entry {
    static let shape = Shape<DayBoard.Entry>("BoardAppointment") {
        Field("id", \.id, .id())
        Field("version", \.version, .int(1...Int.max))
        Field("patient_id", \.patient, .id())
        Field("patient_name", \.patientName, .text(1...401), visible: .patientsRead)
        Field("type_id", \.type, .id())
        Field("type_name", \.typeName, .text(1...100))
        Field("colour", \.colour, .text(7...7))
        Field("provider_id", \.provider, .id())
        Field("resource_ids", \.resources, .list(of: .id(), 0...10))
        Field("starts_at", \.span.start, .instant)
        Field("ends_at", \.span.end, .instant)
        Field("status", \.status, .choice())
        Field("overridden", \.overridden, .list(of: .choice(), 0...20))
    }
}
