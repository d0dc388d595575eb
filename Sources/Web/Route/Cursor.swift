import Access
import Crypto
import Tenancy
import Values

/// The mark between two parts of a list. Encrypted, because the order values may be names and a cursor stands in a URL; bound to the
/// place, the route with its ids, and the query, so that one from elsewhere does not open.
struct Cursor {
    let keys: KeyRing
    let context: SealContext

    static let invalid = Problem(
        .malformed,
        "invalid_cursor",
        "This cursor does not belong to this list and query. Begin again without one."
    )

    init(_ exchange: Exchange, _ own: FormText) {
        keys = exchange.keys
        var hash = SHA256()
        hash.update(data: Array(exchange.path.utf8))
        for (name, value) in own.pairs {
            hash.update(data: [0] + Array(name.utf8) + [0] + Array(value.utf8))
        }
        hash.update(data: [1])
        hash.update(data: exchange.body)
        let words = Array(hash.finalize()).prefix(16)
        let id = UUID(high: words.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, low: words.suffix(8).reduce(0) { $0 << 8 | UInt64($1) })
        let tenant: UUID =
            switch exchange.call.place {
            case .location(let location): location.id.uuid
            case .organization(let organization): organization.uuid
            case .account: exchange.call.caller.actor.id
            }
        context = SealContext(tenant: tenant, table: "cursor", id: id, column: "position")
    }

    func seal(_ values: [JSON]) throws -> String { Base64URL.encode(try keys.seal(JSON.array(values).bytes, for: context)) }

    func open(_ text: String) throws(Problem) -> Position {
        guard text.utf8.count <= 4096, let sealed = Base64URL.decode(text), let plain = try? keys.open(sealed, for: context),
            let json = try? JSON.parse(plain), case .array(let values) = json
        else { throw Cursor.invalid }
        return Position(values: values)
    }
}
