import Crypto
public import Postgres
public import Values

/// One line of the trail: who, what, when, why.
public struct AuditEntry: Sendable {
    public let id: AuditEntryID
    public let at: Instant
    public let actorKind: String
    public let actorID: UUID?
    public let actorName: String?
    public let onBehalfOf: UUID?
    public let session: SessionID?
    public let requestID: UUID
    public let source: String?
    public let action: String
    public let objectKind: String?
    public let objectID: UUID?
    public let objects: [UUID]
    public let patients: [PatientID]
    public let result: String
    public let reasonCode: String?
    public let reasonText: String?
    public let changed: [String]

    /// Reads a row of `TrailColumns.names`.
    public init(_ row: Row) throws {
        id = try row.value(0)
        at = try row.value(1)
        actorKind = try row.value(2)
        actorID = try row.value(3)
        actorName = try row.value(4)
        onBehalfOf = try row.value(5)
        session = try row.value(6)
        requestID = try row.value(7)
        source = try row.value(8)
        action = try row.value(9)
        objectKind = try row.value(10)
        objectID = try row.value(11)
        objects = try row.value(12)
        patients = try row.value(13)
        result = try row.value(14)
        reasonCode = try row.value(15)
        reasonText = try row.value(16)
        changed = try row.value(17)
    }

    /// SHA-256 over every column but the id, whose place the seal fixes: so two rows whose contents were exchanged are recognised as reordered.
    var digest: [UInt8] {
        var content = Canonical()
        content.append(at)
        content.append(actorKind)
        content.append(actorID)
        content.append(actorName)
        content.append(onBehalfOf)
        content.append(session?.uuid)
        content.append(requestID)
        content.append(source)
        content.append(action)
        content.append(objectKind)
        content.append(objectID)
        content.append(objects)
        content.append(patients.map(\.uuid))
        content.append(result)
        content.append(reasonCode)
        content.append(reasonText)
        content.append(changed)
        return Array(SHA256.hash(data: content.bytes))
    }
}

/// An encoding in which different values are never the same bytes: each is preceded by its length, NULL is a length of its own.
struct Canonical {
    private(set) var bytes: [UInt8] = Array("polyclinic entry 1".utf8)

    mutating func append(_ value: Instant) { put(bigEndian(value.microseconds)) }
    mutating func append(_ value: String?) { put(value.map { Array($0.utf8) }) }
    mutating func append(_ value: UUID?) { put(value?.bytes) }

    mutating func append(_ values: [UUID]) {
        bytes += bigEndian(UInt32(values.count))
        for value in values { bytes += value.bytes }
    }

    mutating func append(_ values: [String]) {
        bytes += bigEndian(UInt32(values.count))
        for value in values { append(value) }
    }

    private mutating func put(_ value: [UInt8]?) {
        guard let value else { return bytes += bigEndian(UInt32.max) }
        bytes += bigEndian(UInt32(value.count))
        bytes += value
    }
}
