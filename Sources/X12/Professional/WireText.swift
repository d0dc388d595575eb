/// Text as our files carry it: capital ASCII letters, digits and the punctuation of the extended set, none of it a delimiter.
enum WireText {
    /// Free text: accents go, delimiters and control characters become blanks, runs of blanks become one.
    static func words(_ text: String) -> String {
        var bytes: [UInt8] = []
        for scalar in text.uppercased().unicodeScalars {
            for byte in ascii(scalar) where byte != Byte.space || (!bytes.isEmpty && bytes.last != Byte.space) { bytes.append(byte) }
        }
        while bytes.last == Byte.space { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// True when an identifier can be sent as it stands, but for its case.
    static func isIdentifier(_ text: String) -> Bool {
        let bytes = text.utf8
        return bytes.first != Byte.space && bytes.last != Byte.space && bytes.allSatisfy(isAllowed)
    }

    static func isAllowed(_ byte: UInt8) -> Bool {
        let written = Delimiters.written
        return byte >= 0x20 && byte < 0x7F && byte != written.element && byte != written.component && byte != written.repetition
            && byte != written.terminator
    }

    private static func ascii(_ scalar: Unicode.Scalar) -> [UInt8] {
        if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            return [isAllowed(byte) ? byte : Byte.space]
        }
        switch scalar.value {
        case 0x2018, 0x2019, 0x02BC: return [UInt8(ascii: "'")]
        case 0x2010...0x2015: return [Byte.minus]
        default: break
        }
        if scalar.properties.generalCategory == .nonspacingMark { return [] }
        return baseLetter(scalar) ?? [Byte.space]
    }

    /// `LATIN CAPITAL LETTER E WITH ACUTE` is an E; Unicode's own names say it for every Latin letter.
    private static func baseLetter(_ scalar: Unicode.Scalar) -> [UInt8]? {
        let prefix = "LATIN CAPITAL LETTER "
        guard let name = scalar.properties.name, name.hasPrefix(prefix) else { return nil }
        let letter = Array(name.utf8.dropFirst(prefix.utf8.count).prefix { $0 != Byte.space })
        return letter.count <= 2 ? letter : nil
    }
}

/// The states and territories the Postal Service serves.
enum PostalCode {
    static func isState(_ code: String) -> Bool { states.contains(code) }

    private static let states = Set(
        """
        AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT \
        VT VA WA WV WI WY AS GU MP PR VI FM MH PW AA AE AP
        """.split(separator: " ").map(String.init)
    )

    /// `PO BOX 12`, `P.O. Box 12`, `Post Office Box 12`.
    static func isPostOfficeBox(_ line: String) -> Bool {
        let letters = String(decoding: WireText.words(line).utf8.filter(Byte.isLetterOrDigit), as: UTF8.self)
        return letters.hasPrefix("POBOX") || letters.hasPrefix("POSTOFFICEBOX")
    }
}
