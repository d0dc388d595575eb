import Values

/// Reads appointments from CSV: columns `system, external_id, patient, type, provider, resources, day, time, starts_at, minutes, note, status`, in any
/// order; day and time (the location's clocks) or starts_at. Resources are divided by `|`. What an export wrote is read as it was.
struct ImportTable {
    private let columns: [String: Int]
    private let rules: TimeZoneRules

    static let known: Set<String> = [
        "system", "external_id", "patient", "type", "provider", "resources", "day", "time", "starts_at", "minutes", "note", "status",
    ]
    static let needed = ["system", "external_id", "patient", "type", "provider"]

    static let columnsWrong = Problem.invalid(
        "columns_wrong",
        "The first line names the columns: system, external_id, patient, type, provider, day and time or starts_at; also resources, minutes, note, status."
    )

    /// Errors: `columns_wrong`, `file_unreadable`, `too_many_rows`.
    static func read(_ bytes: [UInt8], _ rules: TimeZoneRules) throws(Problem) -> ImportFile {
        var limits = TableLimits.standard
        limits.bytes = ImportFile.bytes
        // One more than may be taken, so that too many has a code of its own.
        limits.rows = ImportFile.limit + 1
        let header = bytes.prefix { $0 != 0x0A }
        let separator: TableReader.Separator = header.contains(0x2C) ? .comma : header.contains(0x3B) ? .semicolon : .tab
        let table = TableReader.read(bytes, separator: separator, limits: limits)
        let held = table.findings.map { ImportFile.Held(line: $0.line, code: $0.code.rawValue) }
        guard table.isTrusted else {
            throw table.findings.contains { $0.code == .tooManyRows } ? ImportFile.tooManyRows : ImportFile.unreadable(held)
        }
        let names = Set(table.columns)
        guard names.isSubset(of: known), names.isSuperset(of: needed), names.contains("starts_at") || names.isSuperset(of: ["day", "time"])
        else { throw columnsWrong }
        let reader = ImportTable(
            columns: Dictionary(table.columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first }),
            rules: rules
        )
        return try ImportFile(rows: table.rows.map(reader.row), held: held).checked()
    }

    private func row(_ fields: TableContent.Row) -> ImportRow {
        func text(_ column: String) -> String { columns[column].map { ExportAppointments.unguarded(fields.fields[$0].trimmed) } ?? "" }
        let reference = ExternalReference(system: text("system"), value: text("external_id"))
        var row = ImportRow(
            line: fields.line,
            reference: reference,
            patient: text("patient"),
            type: text("type"),
            provider: text("provider")
        )
        row.resources = text("resources").split(separator: "|").map { String($0).trimmed }.filter { !$0.isEmpty }
        row.note = text("note").isEmpty ? nil : text("note")
        let lengths = ExternalReference.lengths
        if !lengths.contains(reference.system.utf8.count) || !lengths.contains(reference.value.utf8.count) { row.fault = .referenceMissing }
        if (row.note?.count ?? 0) > 2_000 { row.fault = row.fault ?? .noteTooLong }
        // Others are over, or never will be.
        if !["", Appointment.Status.booked.rawValue, Appointment.Status.confirmed.rawValue].contains(text("status")) {
            row.fault = row.fault ?? .statusNotBooked
        }
        if !text("minutes").isEmpty {
            row.minutes = Digits.number(Array(text("minutes").utf8))
            if row.minutes == nil { row.fault = row.fault ?? .minutesInvalid }
        }
        switch (text("starts_at"), text("day"), text("time")) {
        case (let moment, "", "") where !moment.isEmpty: row.start = Instant(moment)
        case ("", let day, let time):
            if let day = Day(day), let time = TimeOfDay(time) { row.read(rules.read(day, time)) }
        default: break
        }
        if row.start == nil { row.fault = row.fault ?? .timeInvalid }
        return row
    }
}

extension ImportRow {
    /// What the clocks skip or show twice is not guessed.
    mutating func read(_ reading: WallClockReading) {
        start = reading.first
        switch reading {
        case .once: break
        case .skipped: fault = fault ?? .timeSkipped
        case .repeated: fault = fault ?? .timeRepeated
        }
    }
}

extension String {
    /// Without blanks at both ends.
    fileprivate var trimmed: String {
        let text = drop { $0 == " " || $0 == "\t" }
        guard let last = text.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(text[...last])
    }
}
