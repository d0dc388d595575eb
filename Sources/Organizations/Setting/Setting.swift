import Values

/// Something that can be set: its name, what it may be, where it may be set and what it is when nobody sets it. The list is code; only the
/// values are data.
public struct Setting: Sendable {
    /// From the outermost to the innermost: the innermost value counts.
    public enum Scope: String, Sendable, CaseIterable, Comparable {
        case platform, organization, location

        public static func < (left: Scope, right: Scope) -> Bool { left.depth < right.depth }

        private var depth: Int {
            switch self {
            case .platform: 0
            case .organization: 1
            case .location: 2
            }
        }
    }

    /// What its value may be.
    public enum Form: Sendable {
        case number(ClosedRange<Int>)
        /// Capital letters, digits and dashes.
        case code(ClosedRange<Int>)
    }

    public let name: String
    public let form: Form
    public let standard: SettingValue
    public let scopes: [Scope]
    /// One line for people who set it.
    public let meaning: String

    init(_ name: String, _ form: Form, standard: SettingValue, scopes: [Scope] = Scope.allCases, _ meaning: String) {
        self.name = name
        self.form = form
        self.standard = standard
        self.scopes = scopes
        self.meaning = meaning
    }

    /// The value that JSON stands for; nil when it is none of this setting's.
    func value(_ json: JSON) -> SettingValue? {
        switch form {
        case .number(let range):
            guard let number = json.integer, range.contains(number) else { return nil }
            return .number(number)
        case .code(let length):
            guard let text = json.text, length.contains(text.utf8.count), text.utf8.allSatisfy(Setting.isCode) else { return nil }
            return .text(text)
        }
    }

    /// What to send, for whoever sent something else.
    var advice: String {
        switch form {
        case .number(let range): "Send an integer from \(range.lowerBound) to \(range.upperBound)."
        case .code(let length): "Send \(length.lowerBound) to \(length.upperBound) capital letters, digits or dashes."
        }
    }

    private static func isCode(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-") }
}

/// The value of a setting.
public enum SettingValue: Sendable, Hashable {
    case number(Int)
    case text(String)

    var json: JSON {
        switch self {
        case .number(let number): .integer(number)
        case .text(let text): .string(text)
        }
    }
}
