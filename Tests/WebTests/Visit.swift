import Access
import Values
import Web

enum Mood: String, CaseIterable, Sendable {
    case calm
    case worried
}

struct Line: Sendable, Equatable {
    var code = ""
    var amount: Int64 = 0

    static let shape = Shape("Line", Line()) {
        Field("code", \.code, .code(1...10, "A-Z0-9"), example: "A1")
        Field("amount", \.amount, .minor(0...1_000_000), example: 1250)
    }
}

/// A body with every kind.
struct Visit: Sendable, Equatable {
    var id = PatientID.blank
    var name = ""
    var remark: String?
    var born: Day?
    var at = Instant.blank
    var time = TimeOfDay.midnight
    var zone: ZoneName?
    var count = 0
    var small: Int8?
    var isNew = false
    var mood = Mood.calm
    var npi: NPI?
    var phone: Phone?
    var email: String?
    var price: Money?
    var lines: [Line] = []
    var tags: [String] = []
    var extra: JSON?
    var marks: [String: Int] = [:]
    var nickname = Change<String>.keep
    var secret: String?

    static let shape = Shape("Visit", Visit()) {
        Field("id", \.id, .id(), example: PatientID("01890a5d-ac96-774b-bcce-b302099a8057"))
        Field("name", \.name, .text(1...20), example: "Ada")
        Field("remark", \.remark, .note(0...50))
        Field("born", \.born, .day)
        Field("at", \.at, .instant, example: Instant("2026-03-02T09:00:00Z"))
        Field("time", \.time, .time, optional: true)
        Field("zone", \.zone, .zone)
        Field("count", \.count, .int(-5...1000), example: 3)
        Field("small", \.small, .int(Int8.min...Int8.max))
        Field("is_new", \.isNew, .bool, optional: true)
        Field("mood", \.mood, .choice(), optional: true)
        Field("npi", \.npi, .npi)
        Field("phone", \.phone, .phone)
        Field("email", \.email, .email, null: false)
        Field("price", \.price, .money)
        Field("lines", \.lines, .list(of: .object(Line.shape), 0...3), optional: true)
        Field("tags", \.tags, .list(of: .code(1...5), 0...3, unique: true), optional: true)
        Field("extra", \.extra, .json(bytes: 100))
        Field("marks", \.marks, .map(of: .int(0...9), 0...2), optional: true)
        Field("nickname", \.nickname, .text(1...10))
        Field("secret", \.secret, .text(1...10), visible: .patientsMerge)
    }

    static let required = #""id":"01890a5d-ac96-774b-bcce-b302099a8057","name":"Ada","at":"2026-03-02T09:00:00Z","count":3"#
}
