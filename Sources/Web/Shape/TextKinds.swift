import Values

extension Kind where T == String {
    /// One line of text. `range` counts Unicode code points. No control characters, nothing that turns the direction of writing; unless it may be
    /// empty, something must be visible.
    /// `pattern` is a regular expression for the schema, with `matches` doing the same in code.
    public static func text(_ range: ClosedRange<Int>) -> Kind {
        let odd = #"\u0000-\u001F\u007F-\u009F\u2028\u2029"# + misleading
        let pattern = range.lowerBound == 0 ? "^[^\(odd)]*$" : #"^[^\#(odd)]*[^\#(odd)\#(invisible)][^\#(odd)]*$"#
        return checked(range, pattern, "Send one line of text without control characters.") { scalars in
            guard scalars.allSatisfy({ !$0.isControl && !$0.isMisleading }) else { return false }
            return range.lowerBound == 0 || scalars.contains { !$0.isInvisible }
        }
    }

    /// Text on several lines: line feeds and tabs are welcome.
    public static func note(_ range: ClosedRange<Int>) -> Kind {
        let odd = #"\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029"# + misleading
        let pattern = range.lowerBound == 0 ? "^[^\(odd)]*$" : #"^[^\#(odd)]*[^\#(odd)\u0009\u000A\#(invisible)][^\#(odd)]*$"#
        return checked(range, pattern, "Send text without control characters; lines end with a line feed.", text: .lines) { scalars in
            guard scalars.allSatisfy({ $0 == "\n" || $0 == "\t" || !$0.isControl && !$0.isMisleading }) else { return false }
            return range.lowerBound == 0 || scalars.contains { $0 != "\n" && $0 != "\t" && !$0.isInvisible }
        }
    }

    // For the patterns, what `isMisleading` and `isInvisible` say in code.
    private static let misleading = #"\u202A-\u202E\u2066-\u2069\uFDD0-\uFDEF\uFFFE\uFFFF"#
    private static let invisible = #"\u0020\u00A0\u00AD\u200B-\u200F\u2060-\u2064\uFEFF"#

    /// ASCII of these characters only, for codes. `alphabet` is a character class without brackets, for example `A-Z0-9._-`:
    /// letters, digits, ranges of them, and signs.
    public static func code(_ range: ClosedRange<Int>, _ alphabet: StaticString = "A-Za-z0-9._-") -> Kind {
        let allowed = characters(of: alphabet)
        let members = allowed.map { $0.properties.isAlphabetic || ("0"..."9").contains($0) ? String($0) : "\\u00" + hex([UInt8($0.value)]) }
        return checked(range, "^[\(members.joined())]*$", "Send only the characters \(alphabet).") { scalars in
            scalars.allSatisfy(allowed.contains)
        }
    }

    public static var email: Kind {
        let pattern = #"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,8}$"#
        return checked(6...254, pattern, "Send an address such as name@example.org.") { scalars in
            let parts = scalars.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, (1...64).contains(parts[0].count),
                parts[0].allSatisfy({ isAlphanumeric($0) || "._%+'-".unicodeScalars.contains($0) })
            else { return false }
            let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
            return (2...9).contains(labels.count)
                && labels.allSatisfy { (1...63).contains($0.count) && $0.allSatisfy { isAlphanumeric($0) || $0 == "-" } }
        }
    }

    private static func checked(
        _ range: ClosedRange<Int>,
        _ pattern: String,
        _ advice: String,
        text: TextForm = .string,
        _ accepts: @escaping @Sendable (String.UnicodeScalarView) -> Bool
    ) -> Kind {
        Kind(
            .object([
                ("type", .string("string")), ("minLength", .integer(range.lowerBound)), ("maxLength", .integer(range.upperBound)),
                ("pattern", .string(pattern)),
            ]),
            text: text,
            read: { json, reading in
                guard let text = reading.string(json) else { return nil }
                // Counting code points is linear; a body is bounded, so this is too.
                let count = text.unicodeScalars.count
                if count < range.lowerBound {
                    reading.fail("too_short", "Send at least \(range.lowerBound) characters.")
                } else if count > range.upperBound {
                    reading.fail("too_long", "Send at most \(range.upperBound) characters.")
                } else if !accepts(text.unicodeScalars) {
                    reading.fail("format", advice)
                } else {
                    return text
                }
                return nil
            },
            write: { text, writer, _ in writer.string(text) }
        )
    }
}

private func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
}

private func characters(of alphabet: StaticString) -> [Unicode.Scalar] {
    let scalars = Array(alphabet.description.unicodeScalars)
    var out: [Unicode.Scalar] = []
    var index = 0
    while index < scalars.count {
        if index + 2 < scalars.count, scalars[index + 1] == "-" {
            out += (min(scalars[index].value, scalars[index + 2].value)...scalars[index + 2].value).compactMap(Unicode.Scalar.init)
            index += 3
        } else {
            out.append(scalars[index])
            index += 1
        }
    }
    return out
}
