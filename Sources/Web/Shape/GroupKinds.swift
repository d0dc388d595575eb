public import Values

extension Kind {
    /// A list whose length lies in `range`.
    public static func list<Item>(of item: Kind<Item>, _ range: ClosedRange<Int>, unique: Bool = false) -> Kind where T == [Item] {
        var schema: [(key: String, value: JSON)] = [
            ("type", .string("array")), ("items", item.schema), ("minItems", .integer(range.lowerBound)),
            ("maxItems", .integer(range.upperBound)),
        ]
        if unique { schema.append(("uniqueItems", .bool(true))) }
        return Kind(
            .object(schema),
            components: item.components,
            text: .list(item.text),
            read: { json, reading in
                guard case .array(let values) = json else {
                    reading.fail("type", "Send an array.")
                    return nil
                }
                guard range.contains(values.count) else {
                    reading.fail(
                        values.count < range.lowerBound ? "too_few" : "too_many",
                        "Send \(range.lowerBound) to \(range.upperBound) items."
                    )
                    return nil
                }
                if unique, values.indices.contains(where: { values[..<$0].contains(values[$0]) }) {
                    reading.fail("duplicate", "Send each item once.")
                    return nil
                }
                var items: [Item] = []
                items.reserveCapacity(values.count)
                for (index, value) in values.enumerated() {
                    if let item = reading.inside(String(index), { item.read(value, &$0) }) { items.append(item) }
                }
                return items.count == values.count ? items : nil
            },
            write: { items, writer, viewer in
                writer.beginArray()
                for value in items { item.write(value, &writer, viewer) }
                writer.endArray()
            }
        )
    }

    /// An object with members of its own.
    public static func object(_ shape: Shape<T>) -> Kind { .object(shape, to: { $0 }, from: { $0 }) }

    /// An object whose members make up another value.
    static func object<Members>(_ shape: Shape<Members>, to: @escaping @Sendable (Members) -> T, from: @escaping @Sendable (T) -> Members)
        -> Kind
    {
        Kind(
            .object([("$ref", .string("#/components/schemas/\(shape.name)"))]),
            components: shape.components,
            text: .object { shape.fields.map { ($0.name, $0.text) } },
            read: { json, reading in shape.read(json, &reading).map(to) },
            write: { value, writer, viewer in shape.write(from(value), into: &writer, viewer: viewer) }
        )
    }

    /// Members whose names are not known before: name → value. Names are like codes: 1...64 of `A-Za-z0-9._-`.
    public static func map<Item>(of item: Kind<Item>, _ count: ClosedRange<Int>) -> Kind where T == [String: Item] {
        let name = Kind<String>.code(1...64)
        return Kind(
            .object([
                ("type", .string("object")), ("additionalProperties", item.schema), ("propertyNames", name.schema),
                ("minProperties", .integer(count.lowerBound)), ("maxProperties", .integer(count.upperBound)),
            ]),
            components: item.components,
            text: .none,
            read: { json, reading in
                guard case .object(let members) = json else {
                    reading.fail("type", "Send an object.")
                    return nil
                }
                guard count.contains(members.count) else {
                    reading.fail(
                        members.count < count.lowerBound ? "too_few" : "too_many",
                        "Send \(count.lowerBound) to \(count.upperBound) members."
                    )
                    return nil
                }
                var out: [String: Item] = [:]
                for (key, value) in members {
                    reading.inside(key) { reading in
                        guard name.read(.string(key), &reading) != nil else { return }
                        out[key] = item.read(value, &reading)
                    }
                }
                return out.count == members.count ? out : nil
            },
            write: { values, writer, viewer in
                writer.beginObject()
                for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                    writer.key(text: key)
                    item.write(value, &writer, viewer)
                }
                writer.endObject()
            }
        )
    }
}

extension Kind where T == JSON {
    /// Any JSON of at most `bytes`: for members whose rules are data, checked by the use case.
    public static func json(bytes: Int = 16_384) -> Kind {
        Kind(
            .bool(true),
            text: .none,
            read: { json, reading in
                guard json.bytes.count <= bytes else {
                    reading.fail("too_long", "Send at most \(bytes) bytes here.")
                    return nil
                }
                return json
            },
            write: { value, writer, _ in writer.value(value) }
        )
    }
}
