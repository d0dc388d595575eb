/// What a reader accepts at most. Every number is far above what the implementation guides allow; whatever exceeds one is a finding.
public struct Limits: Hashable, Sendable {
    /// Bytes of one segment without its delimiters.
    public var segmentBytes = 65_536
    /// Elements of one segment, its name included.
    public var elements = 1_024
    /// Service lines of one remittance claim.
    public var lines = 10_000
    /// Adjustments, references, amounts and remark codes at one place of a remittance claim, each.
    public var parts = 2_000
    /// Provider adjustments of one remittance.
    public var providerAdjustments = 10_000
    /// Transactions of a group whose control numbers are compared with each other.
    public var transactions = 10_000
    /// Findings of each severity that are kept; the others are only counted.
    public var findings = 1_000
    /// Interchanges that are kept; the others are only counted.
    public var interchanges = 10_000

    public init() {}

    public static let standard = Limits()
}
