import Postgres
import Values

/// All SQL on `block`.
enum BlockStore {
    private static let all: Statement = """
        select id, resource_id, span, reason_code, reason_text, version, created_at, updated_at, updated_by
        from {location}.block
        """

    static func one(_ id: BlockID) -> Statement { all + " where id = \(id)" }

    static func locked(_ id: BlockID) -> Statement { all + " where id = \(id) for no key update" }

    static func page(_ query: BlockQuery, after: (start: Instant, id: BlockID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let resource = query.resource { select += " and resource_id = \(resource)" }
        if let from = query.from { select += " and span && tstzrange(\(from), null)" }
        if let until = query.until { select += " and span && tstzrange(null, \(until))" }
        if let after { select += " and (lower(span), id) > (\(after.start), \(after.id))" }
        return select + " order by lower(span), id limit \(limit)"
    }

    /// The location's own and these resources', as they are now: what was read before the locks may have changed.
    static func of(_ resources: [ResourceID], in window: InstantRange) -> Statement {
        all + " where span && \(window) and (resource_id is null or resource_id = any(\(resources))) limit \(TimetableStore.limit)"
    }

    /// One that makes another needless: of the same resource, over all of its time, or over some of it for the same reason.
    static func instead(of block: Block) -> Statement {
        var select = all + " where span && \(block.span) and (span @> \(block.span) or reason_code = \(block.reasonCode))"
        if let resource = block.resource { select += " and resource_id = \(resource)" } else { select += " and resource_id is null" }
        return select + " order by lower(span), id limit 1"
    }

    static func insert(_ block: Block) -> Statement {
        """
        insert into {location}.block (id, resource_id, span, reason_code, reason_text, created_at, created_by, updated_at, updated_by)
        values (\(block.id), \(block.resource), \(block.span), \(block.reasonCode), \(block.reasonText), \(block.createdAt), \(block.updatedBy),
            \(block.updatedAt), \(block.updatedBy))
        """
    }

    static func update(_ block: Block) -> Statement {
        """
        update {location}.block set span = \(block.span), reason_code = \(block.reasonCode), reason_text = \(block.reasonText),
            version = \(block.version), updated_at = \(block.updatedAt), updated_by = \(block.updatedBy)
        where id = \(block.id)
        """
    }

    static func delete(_ id: BlockID) -> Statement { "delete from {location}.block where id = \(id)" }

    static func block(_ row: Row) throws -> Block {
        Block(
            id: try row.value(0),
            resource: try row.value(1),
            span: try row.value(2),
            reasonCode: try row.value(3),
            reasonText: try row.value(4),
            version: try row.value(5),
            createdAt: try row.value(6),
            updatedAt: try row.value(7),
            updatedBy: try row.value(8)
        )
    }
}
