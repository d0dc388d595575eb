/// An amount of money as X12 writes it: exact cents, never a binary fraction.
public struct Amount: Hashable, Sendable, Comparable {
    /// Hundredths of the currency's unit.
    public let minor: Int64

    public init(minor: Int64) {
        self.minor = minor
    }

    public static let zero = Amount(minor: 0)

    /// Reads `150`, `5.5`, `.5`, `-3.32`; nil for anything that is not an exact number of cents.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let amount = Amount(ascii: bytes, in: 0..<bytes.count) else { return nil }
        self = amount
    }

    /// The most digits before the point that are read: sums of thousands of such amounts stay inside Int64.
    private static let wholeDigits = 13

    init?(ascii bytes: [UInt8], in range: Range<Int>) {
        var index = range.lowerBound
        var end = range.upperBound
        while index < end, bytes[index] == Byte.space { index += 1 }
        while end > index, bytes[end - 1] == Byte.space { end -= 1 }
        let negative = index < end && bytes[index] == Byte.minus
        if negative { index += 1 }
        var value: Int64 = 0
        var whole = 0
        var digits = 0
        while index < end, Byte.isDigit(bytes[index]) {
            if value != 0 || bytes[index] != Byte.zero { whole += 1 }
            guard whole <= Amount.wholeDigits else { return nil }
            value = value * 10 + Int64(bytes[index] - Byte.zero)
            digits += 1
            index += 1
        }
        var decimals = 0
        if index < end, bytes[index] == Byte.point {
            index += 1
            while index < end, Byte.isDigit(bytes[index]) {
                if decimals < 2 {
                    value = value * 10 + Int64(bytes[index] - Byte.zero)
                } else if bytes[index] != Byte.zero {
                    return nil
                }
                decimals += 1
                digits += 1
                index += 1
            }
        }
        guard index == end, digits > 0 else { return nil }
        for _ in min(decimals, 2)..<2 { value *= 10 }
        minor = negative ? -value : value
    }

    public static func < (left: Amount, right: Amount) -> Bool { left.minor < right.minor }

    /// nil when the sum does not fit.
    public static func sum(_ amounts: some Sequence<Amount>) -> Amount? {
        var tally = Tally()
        for amount in amounts { tally.add(amount) }
        return tally.overflowed ? nil : tally.total
    }

    /// As an X12 writer sends it: `150`, `5.5`, `-0.25`; no point and no zeros that say nothing.
    var wire: String {
        let whole = "\(minor < 0 ? "-" : "")\(minor.magnitude / 100)"
        let cents = minor.magnitude % 100
        if cents == 0 { return whole }
        return cents % 10 == 0 ? "\(whole).\(cents / 10)" : "\(whole).\(cents < 10 ? "0" : "")\(cents)"
    }
}

extension Amount: CustomStringConvertible {
    /// Always two decimals: `12.50`, `-0.01`.
    public var description: String {
        let cents = minor.magnitude % 100
        return "\(minor < 0 ? "-" : "")\(minor.magnitude / 100).\(cents < 10 ? "0" : "")\(cents)"
    }
}

/// A running sum of outside numbers: it remembers that it overflowed instead of ending the process.
struct Tally: Hashable, Sendable {
    private(set) var total = Amount.zero
    private(set) var overflowed = false

    mutating func add(_ amount: Amount) {
        let (sum, overflow) = total.minor.addingReportingOverflow(amount.minor)
        if overflow { overflowed = true } else { total = Amount(minor: sum) }
    }

    mutating func subtract(_ amount: Amount) {
        let (difference, overflow) = total.minor.subtractingReportingOverflow(amount.minor)
        if overflow { overflowed = true } else { total = Amount(minor: difference) }
    }

    mutating func add(_ other: Tally) {
        add(other.total)
        if other.overflowed { overflowed = true }
    }

    mutating func subtract(_ other: Tally) {
        subtract(other.total)
        if other.overflowed { overflowed = true }
    }
}
