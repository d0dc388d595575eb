/// A moment, the same everywhere: microseconds since 1970-01-01T00:00:00Z (PostgreSQL's resolution).
public struct Instant: Hashable, Sendable, Comparable {
    public let microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    public init(seconds: Int64) {
        microseconds = seconds.multipliedReportingOverflow(by: 1_000_000).partialValue
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

    /// Clamps instead of trapping: outside numbers reach this.
    public func adding(seconds: Int64) -> Instant {
        let (delta, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, overflow) = microseconds.addingReportingOverflow(delta)
        guard tooLarge || overflow else { return Instant(microseconds: sum) }
        return Instant(microseconds: seconds < 0 ? .min : .max)
    }

    public func adding(minutes: Int) -> Instant { adding(seconds: Int64(clamping: minutes) &* 60) }

    /// Whole seconds from `earlier` to this moment.
    public func seconds(since earlier: Instant) -> Int64 {
        let (difference, overflow) = microseconds.subtractingReportingOverflow(earlier.microseconds)
        return overflow ? (microseconds > 0 ? .max : .min) : difference / 1_000_000
    }

    /// The earliest and latest moments the product accepts: 1800-01-01 and 2500-01-01.
    public static let accepted = Instant(seconds: -5_364_662_400)...Instant(seconds: 16_725_225_600)
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC, with microseconds only when there are any.
    public var description: String {
        let seconds = microseconds.floorDivided(by: 1_000_000)
        let fraction = microseconds - seconds * 1_000_000
        let day = Day(daysSinceEpoch: Int32(clamping: seconds.floorDivided(by: 86_400)))
        let rest = Int(seconds - seconds.floorDivided(by: 86_400) * 86_400)
        var text = "\(day)T\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
        if fraction != 0 { text += "." + padded(Int(fraction), 6) }
        return text + "Z"
    }

    /// Reads RFC 3339 with an offset (`2026-03-02T09:00:00-05:00`, `…Z`), at most microseconds, inside `accepted`; else nil.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 35, bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"),
            let day = Day(String(decoding: bytes[0..<10], as: UTF8.self)),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var at = 19
        var fraction: Int64 = 0
        if bytes[at] == UInt8(ascii: ".") {
            let digits = bytes[(at + 1)...].prefix { $0 >= 48 && $0 <= 57 }
            guard (1...6).contains(digits.count), let value = number(digits) else { return nil }
            fraction = Int64(value)
            for _ in digits.count..<6 { fraction *= 10 }
            at += 1 + digits.count
        }
        guard let offset = Instant.offset(bytes[at...]) else { return nil }
        let seconds = Int64(day.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        self.init(microseconds: seconds * 1_000_000 + fraction)
        guard Instant.accepted.contains(self) else { return nil }
    }

    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
        let text = Array(bytes)
        if text == [UInt8(ascii: "Z")] { return 0 }
        guard text.count == 6, text[3] == UInt8(ascii: ":"), let hours = number(text[1..<3]), let minutes = number(text[4..<6]), hours < 24,
            minutes < 60
        else { return nil }
        switch text[0] {
        case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
        default: return nil
        }
    }
}

/// A half-open span of time: `start` belongs to it, `end` does not.
public struct InstantRange: Hashable, Sendable {
    public let start: Instant
    public let end: Instant

    init(start: Instant, end: Instant) {
        self.start = start
        self.end = end
    }

    /// nil unless `start < end`.
    public init?(_ start: Instant, _ end: Instant) {
        guard start < end else { return nil }
        self.start = start
        self.end = end
    }
}

func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
}

/// ASCII digits only; nil when empty, longer than nine, or anything else.
func number(_ bytes: some Collection<UInt8>) -> Int? {
    guard (1...9).contains(bytes.count) else { return nil }
    var value = 0
    for byte in bytes {
        guard byte >= 48, byte <= 57 else { return nil }
        value = value * 10 + Int(byte - 48)
    }
    return value
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
