public import Values

// Bodies read as JSON where they are sent.

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements.map { (key: $0.0, value: $0.1) }) }
}

extension JSON {
    /// The elements of a list; none for anything else.
    var items: [JSON] {
        guard case .array(let items) = self else { return [] }
        return items
    }

    /// The text of a member; empty when it has none.
    func text(_ key: String) -> String { self[key]?.text ?? "" }

    /// An integer member. Errors: it is absent or something else.
    func number(_ key: String) throws(Problem) -> Int {
        guard let number = self[key]?.integer else { throw .unexpected("The answer has no number \(key).") }
        return number
    }
}

extension Problem {
    /// A step of the day that does not hold.
    static func unexpected(_ words: String) -> Problem { Problem(.failed, "step_does_not_hold", words) }
}

/// An amount of minor units for people: 195.00.
func money(_ minor: Int) -> String {
    let cents = String(minor.magnitude % 100)
    return (minor < 0 ? "-" : "") + String(minor.magnitude / 100) + "." + (cents.utf8.count == 1 ? "0" : "") + cents
}
