import Postgres
import Values
import Web

/// Entries, templates and refusals as the databases keep them: as they are sent.
enum TypePackJSON {
    private struct Box<Item: Sendable>: Sendable { var items: [Item] = [] }

    private static let entryShape = Shape("StoredTypePackEntries", Box<TypePackEntry>()) { Field("items", \.items, TypePackEntry.list) }
    private static let refusedShape = Shape("StoredTypePackRefusals", Box<TypePackRefusal>()) {
        Field("items", \.items, .list(of: .object(TypePackRefusal.shape), 0...50))
    }
    /// The database writes spaces and long forms: more bytes than were sent.
    private static let limits = JSON.Limits(bytes: 4 * 1024 * 1024)

    static func entries(_ entries: [TypePackEntry]) -> JSONText { text(entries, TypePackEntry.shape) }
    static func entries(_ json: JSONText) throws -> [TypePackEntry] { try items(json, entryShape) }

    static func refused(_ refused: [TypePackRefusal]) -> JSONText { text(refused, TypePackRefusal.shape) }
    static func refused(_ json: JSONText) throws -> [TypePackRefusal] { try items(json, refusedShape) }

    static func template(_ template: TypeTemplate) -> JSONText {
        JSONText(String(decoding: TypeTemplate.packed.bytes(template), as: UTF8.self))
    }
    static func template(_ json: JSONText) throws -> TypeTemplate {
        try TypeTemplate.packed.read(try JSON.parse(Array(json.text.utf8), limits: limits))
    }

    private static func text<Item>(_ items: [Item], _ shape: Shape<Item>) -> JSONText {
        JSONText("[" + items.map { String(decoding: shape.bytes($0), as: UTF8.self) }.joined(separator: ",") + "]")
    }

    private static func items<Item>(_ json: JSONText, _ shape: Shape<Box<Item>>) throws -> [Item] {
        try shape.read(try JSON.parse(Array("{\"items\":\(json.text)}".utf8), limits: limits)).items
    }
}
