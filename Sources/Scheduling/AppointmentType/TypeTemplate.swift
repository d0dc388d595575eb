import Values
import Web

/// All that is said of an appointment type: in the body that makes one, and by a pack of the organization.
struct TypeTemplate: Sendable, Hashable {
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
    var colour: String?
    var deposit: Int64?
    var preparation: String?
    var forms: [String] = []
    var doubleBooking = AppointmentType.DoubleBooking.forbid
    var lanes = 1
    var seats = 1
    /// A pack names none: providers are a location's own.
    var performers: [ProviderID] = []

    static let shape = Shape("CreateAppointmentType", TypeTemplate()) {
        prescribed
        Field(
            "performers",
            \.performers,
            .list(of: .id(), 0...200, unique: true),
            optional: true,
            about: "The providers who may; none means all."
        )
    }

    /// What a pack says.
    static let packed = Shape("AppointmentTypeTemplate", TypeTemplate()) { prescribed }

    @ShapeBuilder<TypeTemplate> private static var prescribed: [Field<TypeTemplate>] {
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

    /// Errors: policies that contradict each other.
    func checkPolicies() throws(Problem) {
        guard lanes == 1 || doubleBooking == .lanes else { throw AppointmentType.lanesWithoutPolicy }
        guard seats == 1 || doubleBooking == .forbid else { throw AppointmentType.groupAlone }
    }
}
