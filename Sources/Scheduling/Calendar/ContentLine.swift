/// A content line of RFC 5545 section 3.1, unfolded: `DTSTART;TZID=Europe/London:20260302T090000`.
struct ContentLine: Hashable {
    /// In capitals.
    let name: String
    /// Names in capitals; of several values all, as they stand, without quotes.
    let parameters: [String: String]
    let value: String
    /// Where it begins in the file; the first line is 1.
    let number: Int

    enum Failure: Error { case malformed, controlCharacter, notUTF8 }

    init(_ bytes: some Collection<UInt8>, number: Int, limits: CalendarLimits) throws(Failure) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        // TAB is allowed; a NUL could not be stored, and no other control character means anything.
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { throw .controlCharacter }
        var rest = text.utf8[...]
        guard let name = ContentLine.name(&rest) else { throw .malformed }
        var parameters: [String: String] = [:]
        while rest.first == UInt8(ascii: ";") {
            rest = rest.dropFirst()
            guard let parameter = ContentLine.name(&rest), rest.popFirst() == UInt8(ascii: "="), let value = ContentLine.values(&rest),
                parameters.updateValue(value, forKey: parameter) == nil, parameters.count <= limits.parameters
            else { throw .malformed }
        }
        guard rest.popFirst() == UInt8(ascii: ":") else { throw .malformed }
        self.name = name
        self.parameters = parameters
        self.number = number
        value = String(Substring(rest))
    }

    /// Letters, digits and hyphens.
    private static func name(_ rest: inout Substring.UTF8View) -> String? {
        let name = rest.prefix { isNameByte($0) }
        guard !name.isEmpty else { return nil }
        rest = rest[name.endIndex...]
        return Substring(name).uppercased()
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
    }

    /// `a,"b;c"`: values divided by commas; what is quoted may hold colons, semicolons and commas.
    private static func values(_ rest: inout Substring.UTF8View) -> String? {
        var text = ""
        while true {
            if rest.first == UInt8(ascii: "\"") {
                let quoted = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
                guard quoted.endIndex < rest.endIndex else { return nil }
                text += String(Substring(quoted))
                rest = rest[quoted.endIndex...].dropFirst()
            } else {
                let plain = rest.prefix { !isEndOfValue($0) }
                text += String(Substring(plain))
                rest = rest[plain.endIndex...]
            }
            guard rest.first == UInt8(ascii: ",") else { return text }
            text += ","
            rest = rest.dropFirst()
        }
    }

    private static func isEndOfValue(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "\"")
    }
}
