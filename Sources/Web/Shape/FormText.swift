public import Values

/// Pairs from a query string or a form, decoded once.
struct FormText {
    private(set) var pairs: [(name: String, value: String)] = []

    /// More pairs than any shape has are an attack.
    static let maximumPairs = 512

    /// `application/x-www-form-urlencoded`. Errors: broken escapes, invalid UTF-8, NUL, too many pairs (400).
    init(_ bytes: some Collection<UInt8>, isQuery: Bool) throws(Problem) {
        guard !bytes.isEmpty else { return }
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < FormText.maximumPairs else { throw malformed("too_many_parameters", "Send fewer parameters.") }
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try decoded(halves[0], isQuery)
            pairs.append((name, halves.count == 2 ? try decoded(halves[1], isQuery) : ""))
        }
    }

    init(pairs: [(name: String, value: String)]) {
        self.pairs = pairs
    }

    /// The only value of a name, and the pairs without it. Errors: sent twice.
    mutating func take(_ name: String) throws(Problem) -> String? {
        let values = pairs.filter { $0.name == name }.map(\.value)
        guard values.count < 2 else { throw .invalid(name, "duplicate", "Send this parameter once.") }
        pairs.removeAll { $0.name == name }
        return values.first
    }

    /// The object that the pairs stand for. Names no field knows are kept, so that the shape refuses them.
    func json(_ fields: [(name: String, text: TextForm)], isQuery: Bool) -> JSON {
        var members: [(key: String, value: JSON)] = []
        var rest = pairs
        for field in fields {
            let mine = rest.filter { $0.name == field.name || $0.name.hasPrefix(field.name + ".") }
            rest.removeAll { $0.name == field.name || $0.name.hasPrefix(field.name + ".") }
            if let value = FormText.value(mine, under: field.name, field.text, isQuery) { members.append((field.name, value)) }
        }
        for (name, value) in rest where !members.contains(where: { $0.key == name }) { members.append((name, .string(value))) }
        return .object(members)
    }

    private static func value(_ pairs: [(name: String, value: String)], under name: String, _ form: TextForm, _ isQuery: Bool) -> JSON? {
        // An empty input of an HTML form means that nothing was entered.
        let pairs = isQuery ? pairs : pairs.filter { !$0.value.isEmpty }
        guard let first = pairs.first else { return nil }
        switch form {
        case .list(.object(let fields)):
            let numbers = Set(pairs.compactMap { Int($0.name.dropFirst(name.utf8.count + 1).prefix { $0 != "." }) }).sorted()
            return .array(numbers.map { number in FormText(pairs: stripped(pairs, "\(name).\(number).")).json(fields(), isQuery: isQuery) })
        case .list(let item): return .array(pairs.map { scalar($0.value, item) })
        case .object(let fields): return FormText(pairs: stripped(pairs, name + ".")).json(fields(), isQuery: isQuery)
        // A value sent twice is ambiguous: no kind but a list accepts an array.
        default: return pairs.count == 1 && first.name == name ? scalar(first.value, form) : .array(pairs.map { .string($0.value) })
        }
    }

    private static func stripped(_ pairs: [(name: String, value: String)], _ prefix: String) -> [(name: String, value: String)] {
        pairs.compactMap { $0.name.hasPrefix(prefix) ? (String($0.name.dropFirst(prefix.count)), $0.value) : nil }
    }

    private static func scalar(_ text: String, _ form: TextForm) -> JSON {
        switch form {
        case .number: .number(text)  // the kind checks the digits
        case .bool: text == "true" || text == "on" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
        case .lines: .string(text.replacing("\r\n", with: "\n"))
        case .normalized(let normalize): .string(normalize(text))
        default: .string(text)
        }
    }
}

private func malformed(_ code: String, _ detail: String) -> Problem { Problem(.malformed, code, detail) }

private func decoded(_ slice: some Collection<UInt8>, _ isQuery: Bool) throws(Problem) -> String {
    var out: [UInt8] = []
    var iterator = slice.makeIterator()
    while let byte = iterator.next() {
        switch byte {
        case UInt8(ascii: "%"):
            guard let high = iterator.next(), let low = iterator.next(),
                let value = bytes(hex: String(decoding: [high, low], as: UTF8.self))?.first
            else { throw malformed("invalid_escape", "A percent sign must be followed by two hexadecimal digits.") }
            out.append(value)
        case UInt8(ascii: "+"): out.append(UInt8(ascii: " "))
        default: out.append(byte)
        }
    }
    guard let text = String(validating: out, as: UTF8.self), !out.contains(0) else {
        throw malformed("invalid_text", "Send UTF-8 without NUL.")
    }
    return text
}

extension Shape {
    /// Reads the query string of a request (without `?`).
    func read(query: some Collection<UInt8>, for viewer: Viewer) throws(Problem) -> Value {
        try read(FormText(query, isQuery: true), isQuery: true, viewer)
    }

    /// Reads a form's body.
    public func read(form: some Collection<UInt8>, for viewer: Viewer = .everything) throws(Problem) -> Value {
        try read(FormText(form, isQuery: false), isQuery: false, viewer)
    }

    func read(_ text: FormText, isQuery: Bool, _ viewer: Viewer) throws(Problem) -> Value {
        var reading = Reading(isQuery: isQuery, viewer: viewer)
        let json = text.json(fields.map { ($0.name, $0.text) }, isQuery: isQuery)
        return try finished(read(json, &reading), reading)
    }
}
