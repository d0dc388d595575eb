import Crypto
import Glibc
import Values

/// Reads a location's file from its beginning, and checks everything it reads before it hands it on. Errors: `file_unreadable`,
/// `file_version`, `file_damaged`, `entry_unknown`.
final class LocationFileReader {
    let header: LocationFile.Header
    private let descriptor: Int32
    private let seal: LocationFile.Seal
    private var content: [UInt8] = []
    private var at = 0
    private var index: UInt64 = 0
    private var sawLast = false
    private var whole = SHA256()
    private var part = SHA256()
    private var rows = 0
    private(set) var summaries: [LocationFile.Summary] = []

    init(_ path: String, _ seal: LocationFile.Seal) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem(.invalid, "file_unreadable", "\(path) cannot be read.") }
        self.seal = seal
        do {
            guard try LocationFileReader.line(descriptor) + "\n" == LocationFile.magic else {
                throw Problem(.invalid, "file_version", "This is no file of a location, or one of another version of the program.")
            }
            let text = Array(try LocationFileReader.line(descriptor).utf8)
            header = try LocationFile.Header(text)
            whole.update(data: text)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// The next section; nil at the end, which has been checked then.
    func section() throws -> LocationFile.Section? {
        let (letter, bytes) = try record()
        let json = try LocationFileReader.json(bytes)
        switch letter {
        case "S":
            guard let sort = json["sort"]?.text.flatMap(LocationFile.Section.Sort.init), let name = json["name"]?.text,
                case .array(let columns)? = json["columns"]
            else { throw LocationFile.damaged }
            let section = LocationFile.Section(sort: sort, name: name, columns: columns.compactMap(\.text))
            guard section.isKnown else { throw LocationFile.unknown(section) }
            part = SHA256()
            rows = 0
            summaries.append(.init(name: name, rows: 0, sha256: ""))
            return section
        case "Z":
            guard json["sections"]?.integer == summaries.count, json["sha256"]?.text == hex(Array(whole.finalize())), sawLast,
                at == content.count
            else { throw LocationFile.damaged }
            var byte: UInt8 = 0
            guard read(descriptor, &byte, 1) == 0 else { throw LocationFile.damaged }
            return nil
        default: throw LocationFile.damaged
        }
    }

    /// The next piece of the section; nil at its end, which has been checked then.
    func piece() throws -> [UInt8]? {
        let (letter, bytes) = try record()
        switch letter {
        case "D":
            part.update(data: bytes)
            rows += bytes.count { $0 == 10 }
            return bytes
        case "E":
            let json = try LocationFileReader.json(bytes)
            let digest = hex(Array(part.finalize()))
            guard let count = json["rows"]?.integer, json["sha256"]?.text == digest, let last = summaries.popLast() else {
                throw LocationFile.damaged
            }
            summaries.append(.init(name: last.name, rows: count, sha256: digest))
            return nil
        default: throw LocationFile.damaged
        }
    }

    /// Reads all the rest, for the checks alone.
    func check() throws -> [LocationFile.Summary] {
        while try section() != nil {
            while try piece() != nil {}
        }
        return summaries
    }

    // MARK: Bytes

    private func record() throws -> (Character, [UInt8]) {
        let head = try take(5)
        let size = head[1...4].reduce(0) { $0 << 8 | Int($1) }
        guard size <= 64 * 1024 * 1024 else { throw LocationFile.damaged }
        let bytes = try take(size)
        let letter = Character(UnicodeScalar(head[0]))
        if letter != "Z" {
            whole.update(data: head)
            whole.update(data: bytes)
        }
        return (letter, bytes)
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while content.count - at < count {
            guard !sawLast else { throw LocationFile.damaged }
            content.removeFirst(at)
            at = 0
            content += try chunk()
        }
        defer { at += count }
        return Array(content[at..<at + count])
    }

    private func chunk() throws -> [UInt8] {
        let size = try LocationFileReader.bytes(descriptor, 4).reduce(0) { $0 << 8 | Int($1) }
        guard size <= LocationFile.chunk + 1024 else { throw LocationFile.damaged }
        let sealed = try LocationFileReader.bytes(descriptor, size)
        func place(_ isLast: Bool) -> LocationFile.Seal.Place {
            .init(location: header.location, export: header.export, index: index, isLast: isLast)
        }
        defer { index += 1 }
        if let plain = try? seal.open(sealed, place(false)) { return plain }  // else it is the last, or none of ours
        sawLast = true
        do { return try seal.open(sealed, place(true)) } catch { throw LocationFile.damaged }
    }

    private static func bytes(_ descriptor: Int32, _ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: done), count - done) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw LocationFile.damaged }
            done += got
        }
        return bytes
    }

    /// The lines at the beginning are short.
    private static func line(_ descriptor: Int32) throws -> String {
        var line: [UInt8] = []
        while line.count < 4096 {
            let byte = try bytes(descriptor, 1)[0]
            if byte == 10 { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw Problem(.invalid, "file_version", "This is no file of a location, or one of another version of the program.")
    }

    private static func json(_ bytes: [UInt8]) throws -> JSON {
        do { return try JSON.parse(bytes) } catch { throw LocationFile.damaged }
    }
}

extension LocationFile.Header {
    fileprivate init(_ text: [UInt8]) throws {
        guard let json = try? JSON.parse(text), let export = json["export"]?.text.flatMap({ UUID($0) }),  // damage is one answer
            let location = json["location"]?.text.flatMap({ LocationID($0) }),
            let organization = json["organization"]?.text.flatMap({ OrganizationID($0) }), let name = json["name"]?.text,
            let kind = json["kind"]?.text, let timeZone = json["time_zone"]?.text, let currency = json["currency"]?.text,
            let version = json["schema_version"]?.integer, let madeAt = json["made_at"]?.integer
        else { throw LocationFile.damaged }
        guard json["format"]?.integer == LocationFile.format else {
            throw Problem(.invalid, "file_version", "This is no file of a location, or one of another version of the program.")
        }
        self.init(
            export: export,
            location: location,
            organization: organization,
            name: name,
            kind: kind,
            timeZone: timeZone,
            currency: currency,
            schemaVersion: version,
            madeAt: Instant(microseconds: Int64(madeAt))
        )
    }
}
