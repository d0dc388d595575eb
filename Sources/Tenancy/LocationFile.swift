import Crypto
import Glibc
public import Values

/// One file that holds one location: format 1.
///
///     polyclinic location 1 ⏎
///     header (JSON) ⏎
///     chunks, each 4 bytes of length and a sealed part of the content
///
/// The content is a row of records, each a letter, 4 bytes of length, and so many bytes: `S` begins a section (JSON: sort, name, columns), `D` is a
/// piece of it, `E` ends it (JSON: rows, SHA-256), `Z` ends the file (JSON: sections, SHA-256 of the header and of all before). A chunk is sealed
/// for its place, so none can be changed, left out or exchanged; that it is the last is part of its seal, so none can be cut off.
public enum LocationFile {
    static let magic = "polyclinic location 1\n"
    static let format = 1
    /// Content of one chunk; a sealed one is a little longer.
    static let chunk = 256 * 1024

    /// What is in the file, readable without a key: no word about a patient.
    public struct Header: Sendable, Equatable {
        public let export: UUID
        public let location: LocationID
        public let organization: OrganizationID
        public let name: String
        public let kind: String
        public let timeZone: String
        public let currency: String
        public let schemaVersion: Int
        public let madeAt: Instant

        var json: JSON {
            [
                ("format", .integer(LocationFile.format)), ("export", .string(export.description)),
                ("location", .string(location.description)),
                ("organization", .string(organization.description)), ("name", .string(name)), ("kind", .string(kind)),
                ("time_zone", .string(timeZone)), ("currency", .string(currency)), ("schema_version", .integer(schemaVersion)),
                ("made_at", .integer(madeAt.microseconds)),
            ].object
        }
    }

    /// Seals and opens chunks. `place` says which chunk of which export it is.
    public struct Seal: Sendable {
        public struct Place: Sendable {
            public let location: LocationID
            public let export: UUID
            public let index: UInt64
            public let isLast: Bool
        }

        let seal: @Sendable (_ plain: [UInt8], Place) throws -> [UInt8]
        let open: @Sendable (_ sealed: [UInt8], Place) throws -> [UInt8]

        public init(
            seal: @escaping @Sendable (_ plain: [UInt8], Place) throws -> [UInt8],
            open: @escaping @Sendable (_ sealed: [UInt8], Place) throws -> [UInt8]
        ) {
            self.seal = seal
            self.open = open
        }
    }

    /// What a section holds: rows of a table by COPY, rows of control or queue as JSON lines, or a file of the object store as it is kept.
    struct Section {
        enum Sort: String {
            case table, control, queue, file
        }

        let sort: Sort
        let name: String
        var columns: [String] = []

        /// Whether this program knows where it belongs. Which tables there are, the schema says.
        var isKnown: Bool {
            switch sort {
            case .table: true
            case .control: Control(rawValue: name) != nil
            case .queue: ["audit_intake", "event", "job"].contains(name)
            case .file: LocationFolder.isGenerated(name) || LocationFolder.isLeftBehind(name)
            }
        }
    }

    /// One line of what an export or a check tells.
    public struct Summary: Sendable, Equatable {
        public let name: String
        public let rows: Int
        public let sha256: String
    }

    /// What is in a file is all restored, or none of it.
    static func unknown(_ section: Section) -> Problem {
        Problem(
            .invalid,
            "entry_unknown",
            "The file has an entry that this program does not know: \(section.sort.rawValue) \(section.name.prefix(200)). Nothing was changed."
        )
    }

    static var damaged: Problem {
        Problem(
            .invalid,
            "file_damaged",
            "The file was altered or cut, or was made with a key that is not in the key file. Nothing was changed."
        )
    }
}

extension [(String, JSON)] {
    var object: JSON { .object(map { (key: $0.0, value: $0.1) }) }
}

/// Writes one. It gets its name when it is whole and on disk; until then it is `NAME.part`.
final class LocationFileWriter {
    private let path: String
    private let descriptor: Int32
    private let seal: LocationFile.Seal
    private let header: LocationFile.Header
    private var content: [UInt8] = []
    private var index: UInt64 = 0
    private var whole = SHA256()
    private var part = SHA256()
    private(set) var summaries: [LocationFile.Summary] = []

    /// Errors: `file_exists`, `file_unwritable`.
    init(_ path: String, _ header: LocationFile.Header, _ seal: LocationFile.Seal) throws {
        guard access(path, F_OK) != 0 else { throw Problem.conflict("file_exists", "\(path) exists. Name another file.") }
        descriptor = Glibc.open(path + ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw LocationFileWriter.unwritable(path) }
        self.path = path
        self.header = header
        self.seal = seal
        let text = header.json.bytes
        whole.update(data: text)
        try put(Array(LocationFile.magic.utf8) + text + [10])
    }

    deinit {
        close(descriptor)
        unlink(path + ".part")
    }

    func section<Value>(_ section: LocationFile.Section, _ body: (_ write: ([UInt8]) throws -> Void) async throws -> Value) async throws
        -> Value
    {
        try record(
            "S",
            [
                ("sort", .string(section.sort.rawValue)), ("name", .string(section.name)),
                ("columns", .array(section.columns.map(JSON.string))),
            ]
        )
        part = SHA256()
        var rows = 0
        var piece: [UInt8] = []
        let value = try await body { row in
            rows += 1
            piece += row
            guard piece.count >= 65_536 else { return }
            try self.data(&piece)
        }
        try data(&piece)
        let digest = hex(Array(part.finalize()))
        try record("E", [("rows", .integer(rows)), ("sha256", .string(digest))])
        summaries.append(.init(name: section.name, rows: rows, sha256: digest))
        return value
    }

    /// Ends the file and gives it its name.
    func finish() throws {
        try record("Z", [("sections", .integer(summaries.count)), ("sha256", .string(hex(Array(whole.finalize()))))])
        try flush(last: true)
        guard fsync(descriptor) == 0, (try? DurableFile.name(path + ".part", path)) != nil else {
            throw LocationFileWriter.unwritable(path)
        }
    }

    private func data(_ piece: inout [UInt8]) throws {
        part.update(data: piece)
        // A reader takes no record that is longer than its limit.
        for start in stride(from: 0, to: piece.count, by: 1 << 20) {
            try record("D", Array(piece[start..<min(start + 1 << 20, piece.count)]))
        }
        piece.removeAll(keepingCapacity: true)
    }

    private func record(_ letter: Character, _ members: [(String, JSON)]) throws { try record(letter, members.object.bytes) }

    private func record(_ letter: Character, _ bytes: [UInt8]) throws {
        let record = [letter.asciiValue ?? 0] + bigEndian(UInt32(clamping: bytes.count)) + bytes
        if letter != "Z" { whole.update(data: record) }
        content += record
        while content.count > LocationFile.chunk { try flush(last: false) }
    }

    private func flush(last: Bool) throws {
        let plain = Array(content.prefix(LocationFile.chunk))
        content.removeFirst(plain.count)
        let place = LocationFile.Seal.Place(location: header.location, export: header.export, index: index, isLast: last)
        let sealed = try seal.seal(plain, place)
        index += 1
        try put(bigEndian(UInt32(clamping: sealed.count)) + sealed)
    }

    private func put(_ bytes: [UInt8]) throws {
        do { try DurableFile.put(descriptor, bytes) } catch { throw LocationFileWriter.unwritable(path) }
    }

    private static func unwritable(_ path: String) -> Problem {
        Problem(.failed, "file_unwritable", "\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
}

func bigEndian(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
