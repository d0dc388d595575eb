/// Divides CSV into records of bytes, one after another.
struct RecordReader {
    private let bytes: [UInt8]
    private let separator: UInt8
    private let limits: TableLimits
    private var at: Int
    private var line = 1

    private static let quote: UInt8 = 0x22
    private static let carriageReturn: UInt8 = 0x0D
    private static let lineFeed: UInt8 = 0x0A

    struct Record {
        let line: Int
        var fields: [[UInt8]] = []
        /// What is wrong with it first; its fields are not to be used then.
        var failure: (code: TableContent.Code, column: Int)?
    }

    init(_ bytes: [UInt8], separator: UInt8, limits: TableLimits) {
        self.bytes = bytes
        self.separator = separator
        self.limits = limits
        at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next record that is not an empty line; nil at the end.
    mutating func next() -> Record? {
        while at < bytes.count, isAtNewline() { newline() }
        guard at < bytes.count else { return nil }
        var record = Record(line: line)
        while true {
            let field = field(&record)
            if record.fields.count < limits.columns {
                record.fields.append(field)
            } else {
                fail(&record, .tooManyFields)
            }
            guard at < bytes.count else { return record }
            guard bytes[at] == separator else {
                newline()
                return record
            }
            at += 1
        }
    }

    private mutating func field(_ record: inout Record) -> [UInt8] {
        var field: [UInt8] = []
        guard at < bytes.count, bytes[at] == RecordReader.quote else {
            while at < bytes.count, bytes[at] != separator, !isAtNewline() {
                if bytes[at] == RecordReader.quote { fail(&record, .quoteMisplaced) }
                keep(bytes[at], in: &field, &record)
                at += 1
            }
            return field
        }
        at += 1
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == RecordReader.lineFeed { line += 1 }
            guard byte == RecordReader.quote else {
                keep(byte, in: &field, &record)
                continue
            }
            guard at < bytes.count, bytes[at] == RecordReader.quote else {
                skipAfterQuote(&record)
                return field
            }
            keep(byte, in: &field, &record)
            at += 1
        }
        // Everything to the end of the file is in the quotes: where the record ends is not known.
        record.failure = (.quoteUnclosed, record.fields.count + 1)
        return field
    }

    /// After a closing quote comes a separator or the line's end; anything else is stepped over, and the record is not taken.
    private mutating func skipAfterQuote(_ record: inout Record) {
        while at < bytes.count, bytes[at] != separator, !isAtNewline() {
            fail(&record, .quoteMisplaced)
            at += 1
        }
    }

    private func keep(_ byte: UInt8, in field: inout [UInt8], _ record: inout Record) {
        if field.count < limits.fieldBytes { field.append(byte) } else { fail(&record, .fieldTooLong) }
    }

    private func fail(_ record: inout Record, _ code: TableContent.Code) {
        if record.failure == nil { record.failure = (code, record.fields.count + 1) }
    }

    /// LF or CRLF; a CR alone is a character like others.
    private func isAtNewline() -> Bool {
        bytes[at] == RecordReader.lineFeed
            || (bytes[at] == RecordReader.carriageReturn && at + 1 < bytes.count && bytes[at + 1] == RecordReader.lineFeed)
    }

    private mutating func newline() {
        at += bytes[at] == RecordReader.lineFeed ? 1 : 2
        line += 1
    }
}
