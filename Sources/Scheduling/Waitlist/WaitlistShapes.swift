import Postgres
import Values
import Web

extension WaitlistEntry.Window {
    static let shape = Shape("WaitlistWindow", WaitlistEntry.Window()) {
        Field("from_day", \.fromDay, .day)
        Field("through_day", \.throughDay, .day)
        Field(
            "weekdays",
            \.weekdays,
            .list(of: .int(1...7), 0...7, unique: true),
            optional: true,
            about: "1 is Monday; every day when empty."
        )
        Field("from_time", \.fromTime, .time)
        Field("until_time", \.untilTime, .time, about: "The visit is over by then.")
    }
}

/// Windows as the database keeps them.
enum WindowsJSON {
    private static let shape = Shape("WaitlistWindows", Box()) {
        Field("windows", \.windows, .list(of: .object(WaitlistEntry.Window.shape), 0...20))
    }

    private struct Box: Sendable { var windows: [WaitlistEntry.Window] = [] }

    static func text(_ windows: [WaitlistEntry.Window]) -> JSONText {
        JSONText("[" + windows.map { String(decoding: WaitlistEntry.Window.shape.bytes($0), as: UTF8.self) }.joined(separator: ",") + "]")
    }

    static func windows(_ json: JSONText) throws -> [WaitlistEntry.Window] {
        try shape.read(try JSON.parse(Array("{\"windows\":\(json.text)}".utf8))).windows
    }
}

struct CreateWaitlistBody: Sendable {
    var patient = PatientID.blank
    var types: [AppointmentTypeID] = []
    var providers: [ProviderID] = []
    var windows: [WaitlistEntry.Window] = []
    var urgency = 3
    var releasesLater = true
    var elsewhere: AppointmentElsewhere?
    var note: String?

    static let shape = Shape("CreateWaitlistEntry", CreateWaitlistBody()) {
        Field("patient_id", \.patient, .id())
        Field("type_ids", \.types, .list(of: .id(), 1...10, unique: true), about: "The first that fits is offered.")
        Field("provider_ids", \.providers, .list(of: .id(), 0...20, unique: true), optional: true, about: "Any provider when empty.")
        Field("windows", \.windows, .list(of: .object(WaitlistEntry.Window.shape), 0...20), optional: true, about: "Any time when empty.")
        Field("urgency", \.urgency, .int(1...5), optional: true, about: "1 is the most urgent.")
        Field(
            "release_later",
            \.releasesLater,
            .bool,
            optional: true,
            about: "Whether the patient's later appointment of the same type is given up when they take an offer."
        )
        Field(
            "release_elsewhere",
            \.elsewhere,
            .object(AppointmentElsewhere.shape),
            about: "An appointment of theirs at another location that is given up then too, by your right to cancel there."
        )
        Field("note", \.note, .note(1...2000))
    }
}

struct ChangeWaitlistBody: Sendable {
    var types: [AppointmentTypeID]?
    var providers: [ProviderID]?
    var windows: [WaitlistEntry.Window]?
    var urgency: Int?
    var releasesLater: Bool?
    var elsewhere = Change<AppointmentElsewhere>.keep
    var note = Change<String>.keep

    static let shape = Shape("ChangeWaitlistEntry", ChangeWaitlistBody()) {
        Field("type_ids", \.types, .list(of: .id(), 1...10, unique: true), null: false)
        Field("provider_ids", \.providers, .list(of: .id(), 0...20, unique: true), null: false)
        Field("windows", \.windows, .list(of: .object(WaitlistEntry.Window.shape), 0...20), null: false)
        Field("urgency", \.urgency, .int(1...5), null: false)
        Field("release_later", \.releasesLater, .bool, null: false)
        Field("release_elsewhere", \.elsewhere, .object(AppointmentElsewhere.shape))
        Field("note", \.note, .note(1...2000))
    }
}

struct WaitlistQuery: Sendable {
    var status: WaitlistEntry.Status?
    var patient: PatientID?
    var type: AppointmentTypeID?

    static let shape = Shape("WaitlistQuery", WaitlistQuery()) {
        Field("status", \.status, .choice())
        Field("patient_id", \.patient, .id())
        Field("type_id", \.type, .id())
    }
}

extension WaitlistEntry: Versioned {
    static let shape = Shape<WaitlistEntry>("WaitlistEntry") {
        Field("id", \.id, .id())
        Field("patient_id", \.patient, .id())
        Field("type_ids", \.types, .list(of: .id(), 1...10))
        Field("provider_ids", \.providers, .list(of: .id(), 0...20))
        Field("windows", \.windows, .list(of: .object(Window.shape), 0...20))
        Field("urgency", \.urgency, .int(1...5))
        Field("release_later", \.releasesLater, .bool)
        Field(
            "release_elsewhere",
            \.elsewhere,
            .object(AppointmentElsewhere.shape),
            about: "Given up at another location then too; null too for whoever may not see appointments there."
        )
        Field("note", \.note, .note(1...2000))
        Field("status", \.status, .choice())
        Field("appointment_id", \.appointment, .id(), about: "What came of it.")
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}
