public import Values

extension Kind {
    /// A value with exactly one text form.
    static func formatted(
        _ format: String?,
        _ pattern: String,
        length: ClosedRange<Int>,
        _ advice: String,
        text: TextForm = .string,
        read: @escaping @Sendable (String) -> T?,
        write: @escaping @Sendable (T) -> String
    ) -> Kind {
        var schema: [(key: String, value: JSON)] = [
            ("type", .string("string")), ("minLength", .integer(length.lowerBound)), ("maxLength", .integer(length.upperBound)),
            ("pattern", .string(pattern)),
        ]
        if let format { schema.append(("format", .string(format))) }
        return Kind(
            .object(schema),
            text: text,
            read: { json, reading in
                guard let text = reading.string(json) else { return nil }
                guard length.contains(text.utf8.count), let value = read(text) else {
                    reading.fail("format", advice)
                    return nil
                }
                return value
            },
            write: { value, writer, _ in writer.string(write(value)) }
        )
    }

    public static func id<Of>() -> Kind where T == ID<Of> {
        .formatted(
            "uuid",
            uuidPattern,
            length: 36...36,
            "Send an id: 36 characters, hexadecimal and dashes.",
            read: { T($0) },
            write: \.description
        )
    }
}

extension Kind where T == UUID {
    public static var uuid: Kind {
        .formatted(
            "uuid",
            uuidPattern,
            length: 36...36,
            "Send an id: 36 characters, hexadecimal and dashes.",
            read: { UUID($0) },
            write: \.description
        )
    }
}

private let uuidPattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
private let dayPattern = "(1[89][0-9]{2}|2[0-4][0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"

extension Kind where T == Day {
    /// A calendar date from 1800 to 2499.
    public static var day: Kind {
        .formatted("date", "^\(dayPattern)$", length: 10...10, "Send a date such as 2026-03-02.", read: { Day($0) }, write: \.description)
    }
}

extension Kind where T == TimeOfDay {
    public static var time: Kind {
        .formatted(
            nil,
            "^([01][0-9]|2[0-3]):[0-5][0-9]$",
            length: 5...5,
            "Send a time of day such as 09:30.",
            read: { TimeOfDay($0) },
            write: \.description
        )
    }
}

extension Kind where T == Instant {
    /// RFC 3339 with an offset; written in UTC.
    public static var instant: Kind {
        .formatted(
            "date-time",
            "^\(dayPattern)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
            length: 20...35,
            "Send a moment with its offset, such as 2026-03-02T09:30:00-05:00.",
            read: { Instant($0) },
            write: \.description
        )
    }
}

extension Kind where T == ZoneName {
    public static var zone: Kind {
        .formatted(
            nil,
            "^(UTC|[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){1,2})$",
            length: 3...64,
            "Send an IANA time zone such as America/New_York.",
            read: { ZoneName($0) },
            write: \.name
        )
    }
}

extension Kind where T == Currency {
    public static var currency: Kind {
        .formatted(nil, "^[A-Z]{3}$", length: 3...3, "Send an ISO 4217 code such as USD.", read: { Currency($0) }, write: \.code)
    }
}

extension Kind where T == NPI {
    /// The last digit is a check digit, which no pattern can say.
    public static var npi: Kind {
        .formatted(
            "npi",
            "^[12][0-9]{9}$",
            length: 10...10,
            "Send a National Provider Identifier: ten digits with a right check digit.",
            read: { NPI($0) },
            write: \.digits
        )
    }
}

extension Kind where T == Phone {
    /// E.164 in JSON; a form may hold what people type.
    public static var phone: Kind {
        .formatted(
            nil,
            #"^\+[1-9][0-9]{7,14}$"#,
            length: 9...16,
            "Send a number such as +12125550123.",
            text: .normalized { Phone($0)?.e164 ?? $0 },
            read: { text in
                guard text.utf8.first == UInt8(ascii: "+"), text.utf8.dropFirst().allSatisfy({ (48...57).contains($0) }) else { return nil }
                return Phone(text)
            },
            write: \.e164
        )
    }
}

extension Kind where T == Bool {
    public static var bool: Kind {
        Kind(
            .object([("type", .string("boolean"))]),
            text: .bool,
            read: { json, reading in
                if case .bool(let value) = json { return value }
                reading.fail("type", "Send true or false.")
                return nil
            },
            write: { value, writer, _ in writer.bool(value) }
        )
    }
}

extension Kind where T: FixedWidthInteger {
    /// A plain integer: `1.0` and `1e2` are refused.
    public static func int(_ range: ClosedRange<T>) -> Kind {
        Kind(
            .object([("type", .string("integer")), ("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound))]),
            text: .number,
            read: { json, reading in
                guard case .number(let text) = json, text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "-") }) else {
                    reading.fail("type", "Send an integer without fraction or exponent.")
                    return nil
                }
                guard let value = T(text), range.contains(value) else {
                    reading.fail("out_of_range", "Send a number from \(range.lowerBound) to \(range.upperBound).")
                    return nil
                }
                return value
            },
            write: { value, writer, _ in writer.int(value) }
        )
    }
}

extension Kind where T == Int64 {
    /// An amount in minor units (cents) of the location's currency.
    public static func minor(_ range: ClosedRange<Int64> = -Money.limit...Money.limit) -> Kind { .int(range) }
}

extension Kind where T == Money {
    /// An amount as `{"minor": 1250, "currency": "USD"}`.
    public static var money: Kind {
        .object(
            Shape("Money", MoneyMembers()) {
                Field("minor", \.minor, .minor(), example: 12_50)
                Field("currency", \.currency, .currency, example: .usd)
            },
            to: { Money(minor: $0.minor, $0.currency) },
            from: { MoneyMembers(minor: $0.minor, currency: $0.currency) }
        )
    }
}

private struct MoneyMembers: Sendable {
    var minor: Int64 = 0
    var currency = Currency.usd
}

extension Kind where T: RawRepresentable & CaseIterable, T.RawValue == String {
    /// One of a closed list of words.
    public static func choice(_ type: T.Type = T.self) -> Kind {
        let words = T.allCases.map(\.rawValue)
        let advice = "Send one of: \(words.joined(separator: ", "))."
        return Kind(
            .object([("type", .string("string")), ("enum", .array(words.map(JSON.string)))]),
            read: { json, reading in
                guard let text = reading.string(json) else { return nil }
                // Compared as bytes: String's equality also takes other spellings of the same characters.
                guard let word = words.first(where: { $0.utf8.elementsEqual(text.utf8) }), let value = T(rawValue: word) else {
                    reading.fail("choice", advice)
                    return nil
                }
                return value
            },
            write: { value, writer, _ in writer.string(value.rawValue) }
        )
    }
}
