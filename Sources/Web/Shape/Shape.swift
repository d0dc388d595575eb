public import Access
public import Values

/// The members of one body, query or answer, declared once (DESIGN L9): reading, writing, forms and the schema come from it.
public struct Shape<Value: Sendable>: Sendable {
    /// The schema's name: unique in the API.
    public let name: String
    let blank: Value?
    let fields: [Field<Value>]
    let components: [Component]

    /// A shape that is read and written. `blank` holds the values of absent members.
    public init(_ name: StaticString, _ blank: Value, @ShapeBuilder<Value> _ fields: () -> [Field<Value>]) {
        self.init(name.description, blank, fields())
    }

    /// A shape that is only written: its value may have constants and computed properties.
    public init(_ name: StaticString, @ShapeBuilder<Value> _ fields: () -> [Field<Value>]) {
        self.init(name.description, nil, fields())
    }

    init(_ name: String, _ blank: Value?, _ fields: [Field<Value>]) {
        self.name = name
        self.blank = blank
        self.fields = fields
        components = fields.flatMap(\.components) + [Component(name: name, schema: schema(of: fields))]
    }

    /// Reads all members and reports all that is wrong.
    public func read(_ json: JSON, for viewer: Viewer = .everything) throws(Problem) -> Value {
        var reading = Reading(viewer: viewer)
        return try finished(read(json, &reading), reading)
    }

    public func bytes(_ value: Value, for viewer: Viewer = .everything) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        write(value, into: &writer, viewer: viewer)
        return writer.bytes
    }

    public func write(_ value: Value, into writer: inout JSONWriter, viewer: Viewer) {
        writer.beginObject()
        for field in fields { field.write(value, &writer, viewer) }
        writer.endObject()
    }

    func read(_ json: JSON, _ reading: inout Reading) -> Value? {
        guard var value = blank else {
            reading.fail("read_only", "This is only shown.")
            return nil
        }
        guard case .object(let members) = json else {
            reading.fail("type", "Send an object.")
            return nil
        }
        let before = reading.errors.count
        var known = 0
        for field in fields {
            // What the caller may not see does not exist for them.
            if let visible = field.visible, !reading.viewer.may(visible) { continue }
            let member = members.first { $0.key.utf8.elementsEqual(field.name.utf8) }
            if member != nil { known += 1 }
            field.read(member?.value, &value, &reading)
        }
        if known < members.count { reportUnknown(members, &reading) }
        return reading.errors.count == before ? value : nil
    }

    func finished(_ value: Value?, _ reading: Reading) throws(Problem) -> Value {
        if let value, reading.errors.isEmpty { return value }
        throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: reading.errors)
    }

    private func reportUnknown(_ members: [(key: String, value: JSON)], _ reading: inout Reading) {
        for (key, _) in members {
            let field = fields.first { $0.name.utf8.elementsEqual(key.utf8) }
            if let field, field.visible.map(reading.viewer.may) ?? true { continue }
            // Named, not echoed whole: a body may be one long key.
            reading.inside(String(key.prefix(100))) { $0.fail("unknown_member", "There is no such member here; leave it out.") }
        }
    }
}

/// What the reader of an answer, or the sender of a body, may see.
public struct Viewer: Sendable {
    let may: @Sendable (Permission) -> Bool

    public init(_ may: @escaping @Sendable (Permission) -> Bool) {
        self.may = may
    }

    public static let everything = Viewer { _ in true }
}

@resultBuilder public enum ShapeBuilder<Value: Sendable> {
    public static func buildExpression(_ field: Field<Value>) -> [Field<Value>] { [field] }
    /// The members of another list, for shapes that share some.
    public static func buildExpression(_ fields: [Field<Value>]) -> [Field<Value>] { fields }
    public static func buildBlock(_ parts: [Field<Value>]...) -> [Field<Value>] { parts.flatMap(\.self) }
}

private func schema<Value>(of fields: [Field<Value>]) -> JSON {
    var members: [(key: String, value: JSON)] = [
        ("type", .string("object")), ("additionalProperties", .bool(false)),
        ("properties", .object(fields.map { ($0.name, $0.schema) })),
    ]
    // A member that depends on a permission is absent for callers without it.
    let required = fields.filter { $0.isRequired && $0.visible == nil }.map { JSON.string($0.name) }
    if !required.isEmpty { members.append(("required", .array(required))) }
    let examples = fields.compactMap { field in field.example.map { (key: field.name, value: $0) } }
    if !examples.isEmpty, examples.count >= required.count { members.append(("examples", .array([.object(examples)]))) }
    return .object(members)
}
