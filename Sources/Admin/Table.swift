import Values

/// Rows for people (aligned columns) or for programs (a JSON array of objects).
struct Table {
    enum Cell {
        case text(String)
        case number(Int)
        case flag(Bool)
        case none
    }

    let columns: [String]
    let rows: [[Cell]]

    init(_ columns: [String], _ rows: [[Cell]]) {
        self.columns = columns
        self.rows = rows
    }

    var text: String {
        let lines = [columns] + rows.map { $0.map(\.plain) }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                text += column == line.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            return text
        }.joined(separator: "\n")
    }

    var json: String {
        let objects = rows.map { row in JSON.object(zip(columns, row).map { (key: $0, value: $1.json) }) }
        return String(decoding: JSON.array(objects).bytes, as: UTF8.self)
    }
}

extension Table.Cell {
    /// Control characters never reach the terminal.
    var plain: String {
        switch self {
        case .text(let text): String(text.unicodeScalars.map { $0.isControl || $0.isMisleading ? " " : Character($0) })
        case .number(let number): String(number)
        case .flag(let flag): flag ? "yes" : "no"
        case .none: "-"
        }
    }

    var json: JSON {
        switch self {
        case .text(let text): .string(text)
        case .number(let number): .integer(number)
        case .flag(let flag): .bool(flag)
        case .none: .null
        }
    }
}
