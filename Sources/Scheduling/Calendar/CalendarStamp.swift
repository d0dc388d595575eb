import Values

/// A date or a date-time in the basic form of RFC 5545 (sections 3.3.4 and 3.3.5): `20261231`, `20261231T170000`, `20261231T170000Z`.
enum CalendarStamp: Hashable {
    case day(Day)
    /// On some wall; seconds since midnight.
    case local(Day, second: Int)
    case utc(Instant)

    /// nil for any other form, for days and times that do not exist, and for years outside 1800 to 2499. A leap second (60) is read as 59,
    /// as section 3.3.12 allows.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 8 || bytes.count == 15 || bytes.count == 16, let year = Digits.number(bytes[0..<4]),
            let month = Digits.number(bytes[4..<6]), let monthDay = Digits.number(bytes[6..<8]),
            let day = Day(year: year, month: month, day: monthDay)
        else { return nil }
        guard bytes.count > 8 else {
            self = .day(day)
            return
        }
        guard bytes[8] == UInt8(ascii: "T"), let hour = Digits.number(bytes[9..<11]), let minute = Digits.number(bytes[11..<13]),
            let second = Digits.number(bytes[13..<15]), hour < 24, minute < 60, second <= 60
        else { return nil }
        let sinceMidnight = hour * 3600 + minute * 60 + min(second, 59)
        guard bytes.count == 16 else {
            self = .local(day, second: sinceMidnight)
            return
        }
        guard bytes[15] == UInt8(ascii: "Z") else { return nil }
        self = .utc(Instant(seconds: Int64(day.daysSinceEpoch) * 86_400 + Int64(sinceMidnight)))
    }

    static func text(_ day: Day, second: Int) -> String {
        day.compact + "T" + Digits.padded(second / 3600) + Digits.padded(second / 60 % 60) + Digits.padded(second % 60)
    }

    static func text(_ day: Day, _ time: TimeOfDay) -> String { text(day, second: time.minutes * 60) }

    /// In UTC, whole seconds.
    static func text(_ instant: Instant) -> String {
        let seconds = instant.seconds(since: Instant(seconds: 0)) - (instant.microseconds % 1_000_000 < 0 ? 1 : 0)
        let second = Int((seconds % 86_400 + 86_400) % 86_400)
        return text(Day(daysSinceEpoch: Int32(clamping: (seconds - Int64(second)) / 86_400)), second: second) + "Z"
    }
}

/// ASCII digits, and nothing else that Swift would take for a number.
enum Digits {
    /// nil when empty, longer than nine, or anything but digits.
    static func number(_ bytes: some Collection<UInt8>) -> Int? {
        guard (1...9).contains(bytes.count) else { return nil }
        var value = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }

    /// Two digits at least.
    static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
