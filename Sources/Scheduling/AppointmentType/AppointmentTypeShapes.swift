import Values
public import Web

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

extension ChangeAppointmentTypeBody {
    func applied(to old: TypeTemplate) -> TypeTemplate {
        TypeTemplate(
            name: name ?? old.name,
            minutes: minutes ?? old.minutes,
            bufferBefore: bufferBefore ?? old.bufferBefore,
            bufferAfter: bufferAfter ?? old.bufferAfter,
            needs: needs ?? old.needs,
            feeCode: feeCode.applied(to: old.feeCode),
            leadMinutes: leadMinutes ?? old.leadMinutes,
            horizonDays: horizonDays.applied(to: old.horizonDays),
            online: online ?? old.online,
            patients: patients ?? old.patients,
            colour: colour.applied(to: old.colour),
            deposit: deposit.applied(to: old.deposit),
            preparation: preparation.applied(to: old.preparation),
            forms: forms ?? old.forms,
            doubleBooking: doubleBooking ?? old.doubleBooking,
            lanes: lanes ?? old.lanes,
            seats: seats ?? old.seats,
            performers: performers ?? old.performers
        )
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
        Field("inherited", \.inherited, .object(Inherited.shape), about: "The pack it comes from; null for the location's own.")
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}
