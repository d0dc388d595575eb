/// Text values (RFC 5545 section 3.3.11) and folded lines (section 3.1).
enum CalendarText {
    /// Backslash, semicolon, comma and newline are escaped, other control characters left out: nothing that people typed can begin a
    /// line of its own.
    static func escaped(_ text: String) -> String {
        var result = ""
        var afterReturn = false
        for scalar in text.unicodeScalars {
            defer { afterReturn = scalar == "\r" }
            switch scalar {
            case "\\", ";", ",":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\r", "\u{2028}", "\u{2029}", "\u{85}": result += "\\n"
            case "\n": if !afterReturn { result += "\\n" }
            case "\t": result += " "
            default: if scalar.properties.generalCategory != .control { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    /// What was meant; a backslash before any other letter is left out.
    static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscape = false
        for scalar in text.unicodeScalars {
            if isEscape {
                result.unicodeScalars.append(scalar == "n" || scalar == "N" ? "\n" : scalar)
                isEscape = false
            } else if scalar == "\\" {
                isEscape = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A line with its CRLF, folded so that no part is longer than 75 octets without it, and no letter is divided.
    static func folded(_ line: String) -> String {
        var result = ""
        var length = 0
        for scalar in line.unicodeScalars {
            let width = UTF8.width(scalar)
            if length + width > 75 {
                result += "\r\n "
                length = 1
            }
            result.unicodeScalars.append(scalar)
            length += width
        }
        return result + "\r\n"
    }
}
