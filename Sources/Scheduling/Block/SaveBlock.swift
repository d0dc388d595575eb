import Access
import Jobs
import Postgres
import Values
import Web

/// Blocks time. What is booked in it stays, for people to move.
struct CreateBlock {
    let body: CreateBlockBody

    func run(_ work: Work) async throws -> Block {
        let block = try block(work)
        CreateBlock.tell(block, work)
        try await keepingHours { try await work.query(BlockStore.insert(block)) }
        return block
    }

    /// As it will be written. Errors: `before_start`, `too_long`.
    func block(_ work: Work) throws(Problem) -> Block {
        Block(
            id: work.id(),
            resource: body.resource,
            span: try Block.span(body.start, body.end),
            reasonCode: body.reasonCode,
            reasonText: body.reasonText,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now,
            updatedBy: work.caller.actor.id
        )
    }

    /// What goes with its row.
    static func tell(_ block: Block, _ work: Work) {
        work.audit(Act("block.create", "block", block.id, objects: [block.resource?.uuid].compactMap(\.self)))
        work.tell(Event.scheduleChanged(block.resource))
    }
}

struct ChangeBlock {
    let id: BlockID
    let body: ChangeBlockBody

    func run(_ work: Work) async throws -> Block {
        guard let row = try await work.query(BlockStore.locked(id)).first else { throw Problem.notFound }
        let old = try BlockStore.block(row)
        try work.expect(old.version)
        var new = old
        new.span = try Block.span(body.start ?? old.startsAt, body.end ?? old.endsAt)
        new.reasonCode = body.reasonCode ?? old.reasonCode
        new.reasonText = body.reasonText.applied(to: old.reasonText)
        guard new != old else { return old }
        new.version += 1
        new.updatedAt = work.now
        new.updatedBy = work.caller.actor.id
        work.audit(Act("block.change", "block", id, changed: ChangeBlock.changed(old, new)))
        work.tell(Event.scheduleChanged(new.resource))
        work.enqueue(BlockStore.update(new))
        return new
    }

    /// The names of the members that differ.
    static func changed(_ old: Block, _ new: Block) -> [String] {
        var names: [String] = []
        if old.startsAt != new.startsAt { names.append("starts_at") }
        if old.endsAt != new.endsAt { names.append("ends_at") }
        if old.reasonCode != new.reasonCode { names.append("reason_code") }
        if old.reasonText != new.reasonText { names.append("reason_text") }
        return names
    }
}

struct RemoveBlock {
    let id: BlockID

    func run(_ work: Work) async throws {
        guard let row = try await work.query(BlockStore.locked(id)).first else { throw Problem.notFound }
        let old = try BlockStore.block(row)
        try work.expect(old.version)
        work.enqueue(BlockStore.delete(id))
        work.audit(Act("block.remove", "block", id, objects: [old.resource?.uuid].compactMap(\.self)))
        work.tell(Event.scheduleChanged(old.resource))
    }
}
