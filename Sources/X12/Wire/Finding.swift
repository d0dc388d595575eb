/// Where something stands in a file.
public struct Position: Hashable, Sendable, CustomStringConvertible {
    /// 1 for the first interchange of the file; 0 before it.
    public let interchange: Int
    /// The ISA is 1.
    public let segment: Int

    public init(interchange: Int, segment: Int) {
        self.interchange = interchange
        self.segment = segment
    }

    public var description: String { interchange > 1 ? "interchange \(interchange), segment \(segment)" : "segment \(segment)" }
}

/// Something a reader noticed. The text is for people who handle the file; it holds control numbers and amounts, never a person's data.
public struct Finding: Hashable, Sendable {
    public let code: Code
    public let severity: Severity
    public let text: String
    public let position: Position

    /// What a finding forbids.
    public enum Severity: Int, Hashable, Sendable, Comparable {
        /// Nothing.
        case note
        /// Posting this claim.
        case holdsClaim
        /// Posting anything of this remittance.
        case refusesRemittance
        /// Posting anything of this file.
        case refusesFile

        public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
    }

    /// Stable names: stored, shown and counted by others.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        // The file and its delimiters.
        case noInterchange = "no-interchange"
        case utf16 = "utf-16"
        case byteOrderMark = "byte-order-mark"
        case notUTF8 = "not-utf-8"
        case textBeforeInterchange = "text-before-interchange"
        case textAfterInterchange = "text-after-interchange"
        case headerNotFixedWidth = "header-not-fixed-width"
        case headerElement = "header-element"
        case delimiters = "delimiters"
        case terminatorAfterNewline = "terminator-after-newline"
        case controlCharacter = "control-character"
        case unterminatedSegment = "unterminated-segment"
        case segmentTooLong = "segment-too-long"
        case emptySegment = "empty-segment"

        // The envelope.
        case interchangeEndMissing = "interchange-end-missing"
        case interchangeCount = "interchange-count"
        case interchangeControl = "interchange-control"
        case groupEndMissing = "group-end-missing"
        case groupStartMissing = "group-start-missing"
        case groupCount = "group-count"
        case groupControl = "group-control"
        case transactionEndMissing = "transaction-end-missing"
        case transactionStartMissing = "transaction-start-missing"
        case transactionOutsideGroup = "transaction-outside-group"
        case transactionCount = "transaction-count"
        case transactionControl = "transaction-control"
        case transactionRepeated = "transaction-repeated"
        case transactionVersion = "transaction-version"
        case segmentOutside = "segment-outside"
        case tooMany = "too-many"

        // A remittance.
        case amountInvalid = "amount-invalid"
        case amountMissing = "amount-missing"
        case amountOverflow = "amount-overflow"
        case dateInvalid = "date-invalid"
        case paymentMissing = "payment-missing"
        case paymentRepeated = "payment-repeated"
        case paymentNegative = "payment-negative"
        case currencyForeign = "currency-foreign"
        case traceMissing = "trace-missing"
        case claimNumberMissing = "claim-number-missing"
        case segmentMisplaced = "segment-misplaced"
        case lineUnbalanced = "line-unbalanced"
        case claimUnbalanced = "claim-unbalanced"
        case remittanceUnbalanced = "remittance-unbalanced"
        case linesDifferFromClaim = "lines-differ-from-claim"
        case patientResponsibilityDiffers = "patient-responsibility-differs"
        case providerAdjustmentZero = "provider-adjustment-zero"
        case noRemittance = "no-remittance"
    }

    init(_ code: Code, _ severity: Severity, _ position: Position, _ text: String) {
        self.code = code
        self.severity = severity
        self.position = position
        self.text = text
    }
}

extension Finding: CustomStringConvertible {
    public var description: String { "\(position): \(text)" }
}

/// Findings in the order they were made. Of each severity a limited number is kept, so that many notes cannot hide a reason; the
/// others are counted.
struct Findings: Hashable, Sendable {
    private(set) var kept: [Finding] = []
    private(set) var leftOut = 0
    private(set) var worst = Finding.Severity.note
    private var counts = [0, 0, 0, 0]
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ finding: Finding) {
        worst = max(worst, finding.severity)
        guard counts[finding.severity.rawValue] < limit else {
            leftOut += 1
            return
        }
        counts[finding.severity.rawValue] += 1
        kept.append(finding)
    }
}
