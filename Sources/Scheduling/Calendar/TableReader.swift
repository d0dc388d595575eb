/// Reads CSV (RFC 4180) for the import: UTF-8 with or without a byte order mark, CRLF or LF, quotes that hold separators, newlines and doubled
/// quotes. One pass; the work is in proportion to the bytes, and nothing in them can trap.
public struct TableReader {
    private let limits: TableLimits
    private var lines: RecordReader
    private var findings: [TableContent.Finding] = []
    private var leftOut = 0
    private var isRefused = false
    private var held = 0

    /// `separator` is a comma, or the semicolon that spreadsheets write where the comma divides decimals.
    public static func read(_ bytes: [UInt8], separator: Separator = .comma, limits: TableLimits = .standard) -> TableContent {
        var reader = TableReader(limits: limits, lines: RecordReader(bytes, separator: separator.rawValue, limits: limits))
        return reader.content(bytes)
    }

    public enum Separator: UInt8, Hashable, Sendable, CaseIterable {
        case comma = 0x2C
        case semicolon = 0x3B
        case tab = 0x09
    }

    private init(limits: TableLimits, lines: RecordReader) {
        self.limits = limits
        self.lines = lines
    }

    private mutating func content(_ bytes: [UInt8]) -> TableContent {
        var columns: [String] = []
        var rows: [TableContent.Row] = []
        if bytes.count > limits.bytes {
            find(.fileTooLarge, line: 1)
        } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            find(.utf16, line: 1)
        } else {
            columns = header()
            while !isRefused, let record = lines.next() {
                guard rows.count + held < limits.rows else {
                    find(.tooManyRows, line: record.line)
                    break
                }
                if let row = row(record, columns.count) { rows.append(row) } else { held += 1 }
            }
        }
        return TableContent(
            columns: columns,
            rows: isRefused ? [] : rows,
            heldRows: held,
            findings: findings,
            findingsLeftOut: leftOut,
            isTrusted: !isRefused
        )
    }

    private mutating func header() -> [String] {
        guard let record = lines.next() else {
            find(.headerMissing, line: 1)
            return []
        }
        guard record.fields.count <= limits.columns, record.failure?.code != .tooManyFields else {
            find(.tooManyColumns, line: record.line)
            return []
        }
        guard record.failure?.code != .quoteUnclosed else {
            find(.quoteUnclosed, line: record.line)
            return []
        }
        var columns: [String] = []
        for (index, field) in record.fields.enumerated() {
            guard record.failure == nil, case .success(let text) = TableReader.text(field), let name = TableReader.name(text) else {
                find(.headerInvalid, line: record.line, column: index + 1)
                return []
            }
            guard !columns.contains(name) else {
                find(.columnRepeated, line: record.line, column: index + 1)
                return []
            }
            columns.append(name)
        }
        return columns
    }

    /// nil when it is left out.
    private mutating func row(_ record: RecordReader.Record, _ columns: Int) -> TableContent.Row? {
        if let failure = record.failure {
            find(failure.code, line: record.line, column: failure.column)
            return nil
        }
        guard record.fields.count == columns else {
            find(record.fields.count < columns ? .tooFewFields : .tooManyFields, line: record.line)
            return nil
        }
        var fields: [String] = []
        for (index, field) in record.fields.enumerated() {
            switch TableReader.text(field) {
            case .success(let text): fields.append(text)
            case .failure(let refusal):
                find(refusal.code, line: record.line, column: index + 1)
                return nil
            }
        }
        return TableContent.Row(line: record.line, fields: fields)
    }

    private mutating func find(_ code: TableContent.Code, line: Int, column: Int? = nil) {
        if code.refusesFile { isRefused = true }
        // A reason to refuse the file is always kept: there is at most one.
        guard findings.count < limits.findings || code.refusesFile else {
            leftOut += 1
            return
        }
        findings.append(TableContent.Finding(code: code, line: line, column: column))
    }

    private struct Refusal: Error { let code: TableContent.Code }

    /// Newlines and tabs are allowed in a field; a NUL could not be stored, and no other control character means anything.
    private static func text(_ bytes: [UInt8]) -> Result<String, Refusal> {
        guard let text = String(validating: bytes, as: UTF8.self) else { return .failure(Refusal(code: .notUTF8)) }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) else {
            return .failure(Refusal(code: .controlCharacter))
        }
        return .success(text)
    }

    private static func name(_ text: String) -> String? {
        let name = text.drop { $0 == " " || $0 == "\t" }
        guard let last = name.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return nil }
        return String(name[...last])
    }
}
