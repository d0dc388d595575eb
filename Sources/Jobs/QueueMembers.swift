public import Values

/// The members of an event, and the parameters of a job: names and short texts.
///
///     let parameters: JobParameters = ["appointment": appointment.id, "day": day]
public struct QueueMembers: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// A member is missing, or is not what it should be.
    public struct Unreadable: Error, Sendable, Hashable {
        public let member: String
    }

    public var members: [String: String]

    public init(_ members: [String: String] = [:]) {
        self.members = members
    }

    public init(dictionaryLiteral elements: (String, any QueueValue)...) {
        members = [:]
        for (name, value) in elements { members[name] = value.queueText }
    }

    public subscript(_ name: String) -> String? {
        get { members[name] }
        set { members[name] = newValue }
    }

    public func id<Of>(_ name: String, as type: ID<Of>.Type = ID<Of>.self) throws(Unreadable) -> ID<Of> { try value(name, as: type) }

    public func value<Value: QueueValue>(_ name: String, as type: Value.Type = Value.self) throws(Unreadable) -> Value {
        guard let value = try optional(name, as: type) else { throw Unreadable(member: name) }
        return value
    }

    /// Absent is nil; present and unreadable is an error.
    public func optional<Value: QueueValue>(_ name: String, as type: Value.Type = Value.self) throws(Unreadable) -> Value? {
        guard let text = members[name] else { return nil }
        guard let value = Value(queueText: text) else { throw Unreadable(member: name) }
        return value
    }

    /// What `list(_:)` wrote; absent or empty is no value.
    public func list<Value: QueueValue>(_ name: String, of type: Value.Type = Value.self) throws(Unreadable) -> [Value] {
        guard let text = members[name] else { return [] }
        var values: [Value] = []
        for part in text.split(separator: ",") {
            guard let value = Value(queueText: String(part)) else { throw Unreadable(member: name) }
            values.append(value)
        }
        return values
    }

    /// Several values as one member, comma separated; for ids, days and numbers, whose texts hold no comma.
    public static func list(_ values: some Sequence<any QueueValue>) -> String { values.map(\.queueText).joined(separator: ",") }
    public static func list(_ values: some Sequence<some QueueValue>) -> String { values.map(\.queueText).joined(separator: ",") }
}

/// What a job is told: ids.
public typealias JobParameters = QueueMembers

extension QueueMembers {
    private static let limits = JSON.Limits(bytes: 64 * 1024, depth: 2, members: 200, values: 400)

    /// As the queue's tables keep it: one JSON object of strings, keys in order.
    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, text) in members.sorted(by: { $0.key < $1.key }) {
            writer.key(text: name)
            writer.string(text)
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Errors: not one object of strings.
    init(json: String) throws {
        guard case .object(let object) = try JSON.parse(Array(json.utf8), limits: QueueMembers.limits) else { throw Unreadable(member: "") }
        members = [:]
        for (name, value) in object {
            guard let text = value.text else { throw Unreadable(member: name) }
            members[name] = text
        }
    }
}
