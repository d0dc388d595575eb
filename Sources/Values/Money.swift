/// An ISO 4217 currency code, upper case. Every amount of one location has the same one.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    public let code: String

    /// nil unless three letters A-Z.
    public init?(_ code: some StringProtocol) {
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        self.code = String(code)
    }

    private init(known code: String) {
        self.code = code
    }

    public static let usd = Currency(known: "USD")

    public var description: String { code }
}

/// An amount in minor units (cents) of a currency. Never a fraction, never binary floating point.
public struct Money: Hashable, Sendable {
    public let minor: Int64
    public let currency: Currency

    public init(minor: Int64, _ currency: Currency) {
        self.minor = minor
        self.currency = currency
    }

    /// The largest amount the product accepts in one entry: a thousand million in major units.
    public static let limit: Int64 = 100_000_000_000

    /// Errors: another currency, or beyond `limit`.
    public func adding(_ other: Money) throws(Problem) -> Money {
        guard currency == other.currency else { throw .invalid("currency_mismatch", "These amounts are in different currencies.") }
        let (sum, overflow) = minor.addingReportingOverflow(other.minor)
        guard !overflow, sum.magnitude <= UInt64(Money.limit) else {
            throw .invalid("amount_out_of_range", "The sum is larger than an amount may be.")
        }
        return Money(minor: sum, currency)
    }

    /// Errors: beyond `limit`.
    public func times(_ units: Int) throws(Problem) -> Money {
        let (product, overflow) = minor.multipliedReportingOverflow(by: Int64(units))
        guard !overflow, product.magnitude <= UInt64(Money.limit) else {
            throw .invalid("amount_out_of_range", "The amount is larger than an amount may be.")
        }
        return Money(minor: product, currency)
    }
}

extension Money: CustomStringConvertible {
    /// `-12.34 USD`
    public var description: String {
        "\(minor < 0 ? "-" : "")\(minor.magnitude / 100).\(padded(Int(minor.magnitude % 100), 2)) \(currency)"
    }
}
