public import Access
import Values

/// One member of a shape. Each is type-checked alone (see `ShapeBuilder`), so that long shapes stay quick to compile.
public struct Field<Value: Sendable>: Sendable {
    let name: String
    let isRequired: Bool
    let visible: Permission?
    let isSettable: Bool
    let schema: JSON
    let components: [Component]
    let text: TextForm
    let example: JSON?
    /// Called with nil for an absent member.
    let read: @Sendable (JSON?, inout Value, inout Reading) -> Void
    let write: @Sendable (Value, inout JSONWriter, Viewer) -> Void

    /// A required member; with `optional`, one that keeps the property's own value when it is absent.
    public init<T: Sendable>(
        _ name: StaticString,
        _ path: any KeyPath<Value, T> & Sendable,
        _ kind: Kind<T>,
        example: T? = nil,
        optional: Bool = false,
        visible: Permission? = nil,
        about: StaticString? = nil
    ) {
        self.init(
            name,
            path,
            kind,
            kind.schema,
            example,
            isRequired: !optional,
            visible,
            about,
            read: { json, reading in
                if let json { return kind.read(json, &reading) }
                if !optional { reading.fail("required", "Send this member.") }
                return nil
            },
            write: { value, writer, viewer in
                writer.key(name)
                kind.write(value, &writer, viewer)
            }
        )
    }

    /// A member that may be absent or null; with `null: false` only absent; with `required`, neither (for values without a blank).
    public init<T: Sendable>(
        _ name: StaticString,
        _ path: any KeyPath<Value, T?> & Sendable,
        _ kind: Kind<T>,
        example: T? = nil,
        null: Bool = true,
        required: Bool = false,
        visible: Permission? = nil,
        about: StaticString? = nil
    ) {
        let null = null && !required
        self.init(
            name,
            path,
            kind,
            null ? nullable(kind.schema) : kind.schema,
            example,
            isRequired: required,
            visible,
            about,
            read: { json, reading in
                guard let json else {
                    if required { reading.fail("required", "Send this member.") }
                    return nil
                }
                if null, case .null = json { return .some(nil) }
                return kind.read(json, &reading)
            },
            write: { value, writer, viewer in
                // A member that may not be null is left out.
                guard value != nil || null else { return }
                writer.key(name)
                if let value { kind.write(value, &writer, viewer) } else { writer.null() }
            }
        )
    }

    /// A member of a change: absent keeps, null clears, a value sets.
    public init<T: Sendable>(
        _ name: StaticString,
        _ path: any KeyPath<Value, Change<T>> & Sendable,
        _ kind: Kind<T>,
        example: T? = nil,
        visible: Permission? = nil,
        about: StaticString? = nil
    ) {
        self.init(
            name,
            path,
            kind,
            nullable(kind.schema),
            example,
            isRequired: false,
            visible,
            about,
            read: { json, reading in
                guard let json else { return .keep }
                if case .null = json { return .clear }
                return kind.read(json, &reading).map(Change.set)
            },
            write: { change, writer, viewer in
                if case .keep = change { return }
                writer.key(name)
                if case .set(let value) = change { kind.write(value, &writer, viewer) } else { writer.null() }
            }
        )
    }

    private init<P: Sendable, T: Sendable>(
        _ name: StaticString,
        _ path: any KeyPath<Value, P> & Sendable,
        _ kind: Kind<T>,
        _ schema: JSON,
        _ example: T?,
        isRequired: Bool,
        _ visible: Permission?,
        _ about: StaticString?,
        read: @escaping @Sendable (JSON?, inout Reading) -> P?,
        write: @escaping @Sendable (P, inout JSONWriter, Viewer) -> Void
    ) {
        // The literal decides whether a key path can set, whatever type it is passed as.
        // (`unsafe` only because a cast cannot keep the mark Sendable, which `path` has.)
        nonisolated(unsafe) let setter = path as? WritableKeyPath<Value, P>
        let key = name.description
        var described = schema
        if let about, case .object(let members) = schema { described = .object(members + [("description", .string(about.description))]) }
        self.name = key
        self.isRequired = isRequired
        self.visible = visible
        self.schema = described
        components = kind.components
        text = kind.text
        isSettable = setter != nil
        self.example = example.map { example in
            var writer = JSONWriter()
            kind.write(example, &writer, .everything)
            return (try? JSON.parse(writer.bytes)) ?? .null  // our own writer's text always parses
        }
        self.read = { json, value, reading in
            reading.inside(key) { reading in
                if let setter, let read = read(json, &reading) { value[keyPath: setter] = read }
            }
        }
        self.write = { value, writer, viewer in
            if let visible, !viewer.may(visible) { return }
            write(value[keyPath: path], &writer, viewer)
        }
    }
}

/// What a change does to a member that may be empty.
public enum Change<T: Sendable>: Sendable {
    case keep
    case clear
    case set(T)

    /// The value after the change.
    public func applied(to current: T?) -> T? {
        switch self {
        case .keep: current
        case .clear: nil
        case .set(let value): value
        }
    }
}

extension Change: Equatable where T: Equatable {}

private func nullable(_ schema: JSON) -> JSON {
    guard case .object(let members) = schema, let type = schema["type"] else {
        return .object([("anyOf", .array([schema, .object([("type", .string("null"))])]))])
    }
    return .object(
        members.map { member in
            switch (member.key, member.value) {
            case ("type", _): ("type", .array([type, .string("null")]))
            case ("enum", .array(let words)): ("enum", .array(words + [.null]))
            default: member
            }
        }
    )
}
