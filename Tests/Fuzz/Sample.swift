import Values
import Web

/// A body with every kind of member.
struct Sample: Sendable, Equatable {
    var name = ""
    var remark: String?
    var born: Day?
    var at: Instant?
    var time: TimeOfDay?
    var zone: ZoneName?
    var count = 0
    var small: Int8?
    var isNew = false
    var npi: NPI?
    var phone: Phone?
    var email: String?
    var price: Money?
    var lines: [Line] = []
    var tags: [String] = []
    var extra: JSON?
    var marks: [String: Int] = [:]
    var nickname = Change<String>.keep

    struct Line: Sendable, Equatable {
        var code = ""
        var amount: Int64 = 0

        static let shape = Shape("Line", Line()) {
            Field("code", \.code, .code(1...10, "A-Z0-9"))
            Field("amount", \.amount, .minor(0...1_000_000))
        }
    }

    static let shape = Shape("Sample", Sample()) {
        Field("name", \.name, .text(1...20), optional: true)
        Field("remark", \.remark, .note(0...50))
        Field("born", \.born, .day)
        Field("at", \.at, .instant)
        Field("time", \.time, .time)
        Field("zone", \.zone, .zone)
        Field("count", \.count, .int(-5...1000), optional: true)
        Field("small", \.small, .int(Int8.min...Int8.max))
        Field("is_new", \.isNew, .bool, optional: true)
        Field("npi", \.npi, .npi)
        Field("phone", \.phone, .phone)
        Field("email", \.email, .email)
        Field("price", \.price, .money)
        Field("lines", \.lines, .list(of: .object(Line.shape), 0...3), optional: true)
        Field("tags", \.tags, .list(of: .code(1...5), 0...3, unique: true), optional: true)
        Field("extra", \.extra, .json(bytes: 100))
        Field("marks", \.marks, .map(of: .int(0...9), 0...2), optional: true)
        Field("nickname", \.nickname, .text(1...10))
    }
}
