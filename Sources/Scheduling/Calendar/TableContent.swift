/// What a CSV reader accepts at most (DESIGN L11).
public struct TableLimits: Hashable, Sendable {
    public var bytes = 8 * 1024 * 1024
    /// The header not counted.
    public var rows = 100_000
    public var columns = 64
    /// Bytes of one field.
    public var fieldBytes = 10_000
    /// Findings that are kept; the others are counted.
    public var findings = 1_000

    public init() {}

    public static let standard = TableLimits()
}

/// A table of text: a header, and rows with a field for each of its columns.
public struct TableContent: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        /// Where it begins in the file; the header is usually 1.
        public let line: Int
        /// As many as there are columns.
        public let fields: [String]
    }

    /// Something about a row or the file; it never says what stands there.
    public struct Finding: Hashable, Sendable {
        public let code: Code
        public let line: Int
        /// The first is 1; nil when it is about the whole row or file.
        public let column: Int?
    }

    /// Stable names: stored, shown and counted by others.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        // Nothing of the file may be taken.
        case fileTooLarge = "file-too-large"
        case utf16 = "utf-16"
        case headerMissing = "header-missing"
        case headerInvalid = "header-invalid"
        case columnRepeated = "column-repeated"
        case tooManyColumns = "too-many-columns"
        case tooManyRows = "too-many-rows"
        case quoteUnclosed = "quote-unclosed"

        // The row is left out.
        case tooFewFields = "too-few-fields"
        case tooManyFields = "too-many-fields"
        case fieldTooLong = "field-too-long"
        case quoteMisplaced = "quote-misplaced"
        case notUTF8 = "not-utf-8"
        case controlCharacter = "control-character"

        var refusesFile: Bool {
            switch self {
            case .fileTooLarge, .utf16, .headerMissing, .headerInvalid, .columnRepeated, .tooManyColumns, .tooManyRows, .quoteUnclosed: true
            case .tooFewFields, .tooManyFields, .fieldTooLong, .quoteMisplaced, .notUTF8, .controlCharacter: false
            }
        }
    }

    /// Names of the columns, blanks around them removed; none is empty or there twice.
    public let columns: [String]
    /// Empty when the file is refused.
    public let rows: [Row]
    /// Rows that findings leave out.
    public let heldRows: Int
    public let findings: [Finding]
    public let findingsLeftOut: Int
    /// False: nothing of the file may be taken.
    public let isTrusted: Bool
}
