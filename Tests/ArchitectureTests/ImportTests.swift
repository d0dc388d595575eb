import FoundationEssentials
import TestSupport
import Testing

@Suite("The rooms")
struct ImportTests {
    /// From left to right; a room imports only what stands to its left. Two in one row do not know each other.
    private static let rows: [[String]] = [
        ["Values"], ["Postgres", "Redis", "X12"], ["Tenancy"], ["Access"], ["Jobs"], ["Web"], ["Organizations", "Patients"], ["Scheduling"],
        ["Billing"],
        ["Claims"], ["Reporting"], ["Assembly"], ["Gateway", "Worker", "Admin"],
    ]

    private static let root = FilePath.root

    @Test("imports go one way")
    func imports() throws {
        let rank = Dictionary(uniqueKeysWithValues: Self.rows.enumerated().flatMap { row, rooms in rooms.map { ($0, row) } })
        for (room, row) in rank {
            for file in try FilePath.swiftFiles("Sources/" + room) {
                for line in try FilePath.lines(file) {
                    let words = line.split(separator: " ").map(String.init)
                    guard let at = words.firstIndex(of: "import"), at + 1 < words.count, at <= 1, let imported = rank[words[at + 1]] else {
                        continue
                    }
                    #expect(imported < row, "\(file) imports \(words[at + 1])")
                }
            }
        }
    }

    @Test("no file is longer than 300 lines")
    func length() throws {
        for folder in ["Sources", "Tests"] {
            for file in try FilePath.swiftFiles(folder) {
                let count = try FilePath.lines(file).count
                #expect(count <= 301, "\(file) has \(count) lines")
            }
        }
    }

    @Test("SQL of a location names its schema: nothing relies on a search path", .shows("TI-5"))
    func qualified() throws {
        let tables = [
            "patient", "appointment", "charge", "claim", "ledger_entry", "ledger_line", "audit_entry", "person", "coverage", "encounter",
        ]
        for file in try FilePath.swiftFiles("Sources") {
            for line in try FilePath.lines(file) where line.contains("from ") || line.contains("into ") || line.contains("join ") {
                for table in tables {
                    for word in ["from", "into", "join"] where line.contains("\(word) \(table) ") && line.contains("\"") {
                        Issue.record("\(file): \(line)")
                    }
                }
            }
        }
    }
}

/// The checkout, found from where this file is.
enum FilePath {
    static let root: String = {
        var parts = #filePath.split(separator: "/").map(String.init)
        parts.removeLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    static func swiftFiles(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder).filter { $0.hasSuffix(".swift") }.map { folder + "/" + $0 }
    }

    static func lines(_ file: String) throws -> [String] {
        try String(contentsOfFile: root + "/" + file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init
        )
    }
}
