import Values

/// One element each: repaired where only its form is wrong, else a fault that names the field. Identifiers are never cut.
extension ClaimWriter {
    /// Names and addresses: cut to their limit.
    mutating func words(_ field: String, _ text: String, _ limit: Int) -> String {
        let words = WireText.words(text)
        if words.isEmpty { fault(field, text.isEmpty ? "is missing" : "has no character that X12 can carry") }
        return words.utf8.count <= limit ? words : WireText.words(String(decoding: words.utf8.prefix(limit), as: UTF8.self))
    }

    mutating func words(_ field: String, optional text: String?, _ limit: Int) -> String {
        guard let text, !text.isEmpty else { return "" }
        return words(field, text, limit)
    }

    mutating func identifier(_ field: String, _ text: String, _ length: ClosedRange<Int>) -> String {
        if text.isEmpty {
            fault(field, "is missing")
        } else if !WireText.isIdentifier(text) {
            fault(field, "holds a character that X12 cannot carry")
        } else if !length.contains(text.utf8.count) {
            let limit =
                length.lowerBound == length.upperBound ? "exactly \(length.upperBound)" : "\(length.lowerBound) to \(length.upperBound)"
            fault(field, "must have \(limit) characters")
        }
        return text.uppercased()
    }

    mutating func identifier(_ field: String, optional text: String?, _ length: ClosedRange<Int>) -> String {
        guard let text, !text.isEmpty else { return "" }
        return identifier(field, text, length)
    }

    /// Numbers of ours that answers are matched by: what comes back must be what we stored, so nothing is repaired.
    mutating func matchable(_ field: String, _ text: String, _ length: ClosedRange<Int>, alsoHyphens: Bool = false) -> String {
        let allowed = text.utf8.allSatisfy { Byte.isDigit($0) || ($0 >= 0x41 && $0 <= 0x5A) || (alsoHyphens && $0 == Byte.minus) }
        if !allowed { fault(field, "may hold only capital letters and digits\(alsoHyphens ? " and hyphens" : "")") }
        if !length.contains(text.utf8.count) { fault(field, "must have \(length.lowerBound) to \(length.upperBound) characters") }
        return text
    }

    /// Digits alone; hyphens, blanks, points and parentheses are removed.
    mutating func digits(_ field: String, _ text: String, _ counts: Set<Int>) -> String {
        let digits = text.utf8.filter { ![Byte.minus, Byte.space, Byte.point, UInt8(ascii: "("), UInt8(ascii: ")")].contains($0) }
        if !counts.contains(digits.count) || !digits.allSatisfy(Byte.isDigit) {
            fault(field, "must have \(counts.sorted().map(String.init).joined(separator: " or ")) digits")
        }
        return String(decoding: digits, as: UTF8.self)
    }

    mutating func code(_ field: String, _ text: String, _ length: ClosedRange<Int>) -> String {
        let code = text.uppercased()
        if !length.contains(code.utf8.count) || !code.utf8.allSatisfy(Byte.isLetterOrDigit) { fault(field, "is not a code of its set") }
        return code
    }

    mutating func amount(_ field: String, _ amount: Amount) -> String {
        if amount < .zero { fault(field, "must not be negative") }
        if amount.minor > 9_999_999_999 { fault(field, "has more than ten digits") }
        return amount.wire
    }

    // MARK: Segments that occur in many loops

    mutating func writeContact(_ field: String, _ contact: Contact) {
        let name = words("\(field).name", contact.name, 60)
        var channels: [String] = []
        if let phone = contact.phone {
            let national = phone.hasPrefix("+1") ? String(phone.dropFirst(2)) : phone
            channels += ["TE", digits("\(field).phone", national, [10])]
        }
        if let email = contact.email { channels += ["EM", identifier("\(field).email", email, 3...256)] }
        if channels.isEmpty { fault(field, "needs a phone number or an email address") }
        channels += Array(repeating: "", count: 4 - channels.count)
        out.segment("PER", "IC", name, channels[0], channels[1], channels[2], channels[3])
    }

    mutating func writePerson(_ field: String, _ entity: String, _ name: PersonName, qualifier: String, id: String) {
        out.segment(
            "NM1",
            entity,
            "1",
            words("\(field).last", name.last, 60),
            words("\(field).first", name.first, 35),
            words("\(field).middle", optional: name.middle, 25),
            "",
            words("\(field).suffix", optional: name.suffix, 10),
            qualifier,
            id
        )
    }

    mutating func writeAddress(_ field: String, _ address: Address, isBilling: Bool = false) {
        let line1 = words("\(field).line1", address.line1, 55)
        if isBilling, PostalCode.isPostOfficeBox(address.line1) { fault("\(field).line1", "must be a street, not a post office box") }
        out.segment("N3", line1, words("\(field).line2", optional: address.line2, 55))
        let city = words("\(field).city", address.city, 30)
        guard let country = address.country, country.uppercased() != "US" else {
            let state = address.state.uppercased()
            if !PostalCode.isState(state) { fault("\(field).state", "is not a state of the United States") }
            out.segment("N4", city, state, digits("\(field).zip", address.zip, isBilling ? [9] : [5, 9]))
            return
        }
        let zip = identifier("\(field).zip", optional: address.zip, 3...15)
        out.segment("N4", city, identifier("\(field).state", optional: address.state, 2...2), zip, code("\(field).country", country, 2...2))
    }

    mutating func writeDemographics(_ birth: Day, _ sex: Sex) {
        out.segment("DMG", "D8", birth.compact, sex.rawValue)
    }

    mutating func writeDate(_ qualifier: String, _ day: Day?) {
        if let day { out.segment("DTP", qualifier, "D8", day.compact) }
    }

    mutating func writeReference(_ qualifier: String, _ field: String, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        out.segment("REF", qualifier, identifier(field, text, 1...50))
    }

    mutating func writeProvider(_ field: String, _ entity: String, _ provider: IndividualProvider, withTaxonomy: Bool = false) {
        writePerson("\(field).name", entity, provider.name, qualifier: "XX", id: provider.npi.digits)
        guard withTaxonomy, let taxonomy = provider.taxonomy else { return }
        out.segment("PRV", "PE", "PXC", code("\(field).taxonomy", taxonomy, 10...10))
    }
}
