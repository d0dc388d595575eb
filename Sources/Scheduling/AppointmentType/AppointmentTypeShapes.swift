import Values
public import Web

struct CreateAppointmentTypeBody: Sendable {
    var name = ""
    var minutes = 0
    var bufferBefore = 0
    var bufferAfter = 0
    var needs = [Resource.Kind.provider]
    var feeCode: String?
    var leadMinutes = 0
    var horizonDays: Int?
    var online = false
    var patients = AppointmentType.Audience.any
    var performers: [ProviderID] = []
    var colour: String?
    var deposit: Int64?
    var preparation: String?
    var forms: [String] = []
    var doubleBooking = AppointmentType.DoubleBooking.forbid
    var lanes = 1
    var seats = 1

    static let shape = Shape("CreateAppointmentType", CreateAppointmentTypeBody()) {
        Field("name", \.name, .text(1...100), example: "Check-up")
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), example: 30)
        Field(
            "buffer_before",
            \.bufferBefore,
            .int(AppointmentType.bufferRange),
            optional: true,
            about: "Minutes its resources are taken before."
        )
        Field(
            "buffer_after",
            \.bufferAfter,
            .int(AppointmentType.bufferRange),
            optional: true,
            about: "Minutes its resources are taken after."
        )
        Field(
            "needs",
            \.needs,
            .list(of: .choice(), 1...8),
            optional: true,
            about: "Kinds of resources; a kind named twice is needed twice."
        )
        Field(
            "fee_code",
            \.feeCode,
            .code(1...20, "A-Z0-9"),
            example: "99213",
            about: "Charged when a visit is completed without naming procedures."
        )
        Field(
            "lead_minutes",
            \.leadMinutes,
            .int(0...527_040),
            optional: true,
            about: "It is booked so many minutes before its start at the latest."
        )
        Field(
            "horizon_days",
            \.horizonDays,
            .int(1...1830),
            about: "And so many days before at the earliest; no bound of its own when null."
        )
        Field("online", \.online, .bool, optional: true, about: "Whether patients book it themselves; else staff only.")
        Field("patients", \.patients, .choice(), optional: true, about: "For whom it is: new are patients who have not been seen here yet.")
        Field(
            "performers",
            \.performers,
            .list(of: .id(), 0...200, unique: true),
            optional: true,
            about: "The providers who may; none means all."
        )
        Field("colour", \.colour, .code(7...7, "#0-9A-F"), about: "For calendars: #RRGGBB.")
        Field("deposit", \.deposit, .minor(1...100_000_000), about: "Asked for beforehand, in minor units of the location's currency.")
        Field("preparation", \.preparation, .note(1...4000), about: "What patients should know and do before.")
        Field(
            "forms",
            \.forms,
            .list(of: .code(1...64), 0...20, unique: true),
            optional: true,
            about: "Codes of the forms to be filled in before."
        )
        Field("double_booking", \.doubleBooking, .choice(), optional: true, about: "What happens when its provider is taken already.")
        Field(
            "lanes",
            \.lanes,
            .int(1...100),
            optional: true,
            about: "How many of this type a provider takes at once, where double_booking is lanes."
        )
        Field(
            "seats",
            \.seats,
            .int(1...100),
            optional: true,
            about: "More than one: a group, whose patients share it from beginning to end."
        )
    }
}

struct ChangeAppointmentTypeBody: Sendable {
    var name: String?
    var minutes: Int?
    var bufferBefore: Int?
    var bufferAfter: Int?
    var needs: [Resource.Kind]?
    var feeCode = Change<String>.keep
    var leadMinutes: Int?
    var horizonDays = Change<Int>.keep
    var online: Bool?
    var patients: AppointmentType.Audience?
    var performers: [ProviderID]?
    var colour = Change<String>.keep
    var deposit = Change<Int64>.keep
    var preparation = Change<String>.keep
    var forms: [String]?
    var doubleBooking: AppointmentType.DoubleBooking?
    var lanes: Int?
    var seats: Int?
    var active: Bool?

    static let shape = Shape("ChangeAppointmentType", ChangeAppointmentTypeBody()) {
        Field("name", \.name, .text(1...100), null: false)
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), null: false)
        Field("buffer_before", \.bufferBefore, .int(AppointmentType.bufferRange), null: false)
        Field("buffer_after", \.bufferAfter, .int(AppointmentType.bufferRange), null: false)
        Field("needs", \.needs, .list(of: .choice(), 1...8), null: false)
        Field("fee_code", \.feeCode, .code(1...20, "A-Z0-9"))
        Field("lead_minutes", \.leadMinutes, .int(0...527_040), null: false)
        Field("horizon_days", \.horizonDays, .int(1...1830))
        Field("online", \.online, .bool, null: false)
        Field("patients", \.patients, .choice(), null: false)
        Field("performers", \.performers, .list(of: .id(), 0...200, unique: true), null: false)
        Field("colour", \.colour, .code(7...7, "#0-9A-F"))
        Field("deposit", \.deposit, .minor(1...100_000_000))
        Field("preparation", \.preparation, .note(1...4000))
        Field("forms", \.forms, .list(of: .code(1...64), 0...20, unique: true), null: false)
        Field("double_booking", \.doubleBooking, .choice(), null: false)
        Field("lanes", \.lanes, .int(1...100), null: false)
        Field("seats", \.seats, .int(1...100), null: false)
        Field("active", \.active, .bool, null: false)
    }
}

struct AppointmentTypeQuery: Sendable {
    var active: Bool?

    static let shape = Shape("AppointmentTypeQuery", AppointmentTypeQuery()) {
        Field("active", \.active, .bool)
    }
}

extension AppointmentType: Versioned {
    static let shape = Shape<AppointmentType>("AppointmentType") {
        Field("id", \.id, .id())
        Field("name", \.name, .text(1...100), example: "Check-up")
        Field("minutes", \.minutes, .int(minutesRange))
        Field("buffer_before", \.bufferBefore, .int(bufferRange))
        Field("buffer_after", \.bufferAfter, .int(bufferRange))
        Field("needs", \.needs, .list(of: .choice(), 1...8))
        Field("fee_code", \.feeCode, .text(1...20))
        Field("lead_minutes", \.leadMinutes, .int(0...527_040))
        Field("horizon_days", \.horizonDays, .int(1...1830))
        Field("online", \.online, .bool)
        Field("patients", \.patients, .choice())
        Field("performers", \.performers, .list(of: .id(), 0...200, unique: true))
        Field("colour", \.colour, .code(7...7, "#0-9A-F"))
        Field("deposit", \.deposit, .minor(1...100_000_000))
        Field("preparation", \.preparation, .note(1...4000))
        Field("forms", \.forms, .list(of: .code(1...64), 0...20, unique: true))
        Field("double_booking", \.doubleBooking, .choice())
        Field("lanes", \.lanes, .int(1...100))
        Field("seats", \.seats, .int(1...100))
        Field("active", \.active, .bool)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}
