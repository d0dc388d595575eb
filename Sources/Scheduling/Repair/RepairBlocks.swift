import Access
import Jobs
import Postgres
import Values
import Web

/// Somebody who is booked in time that is to be blocked and whom no move takes out of it: an appointment, or an opening that is held.
struct RepairLeft: Sendable, Hashable {
    let appointment: AppointmentID?
    let hold: HoldID?
    /// nil where an opening is held for nobody yet.
    var patient: PatientID?
    let provider: ProviderID
    let span: InstantRange
}

/// The time that a repair blocks while it moves who is booked in it. The locks of its resources are held from before anybody looks who is booked
/// until the blocks are written: nobody books the time between (DESIGN L7).
struct RepairBlocks: Sendable {
    let blocks: [Block]

    static let most = 20
    static let stillBooked = Problem.conflict(
        "still_booked",
        "Somebody is booked in the time to be blocked. Move them too, or send leave_booked; see left for who."
    )
    static let alreadyBlocked = Problem.conflict("already_blocked", "This time is blocked already. See block_id for the block.")
    static let repeated = Problem.invalid("/blocks", "duplicate", "One of these blocks is enough.")

    /// Errors: `permission_denied` for who may not block, `before_start`, `too_long`, `duplicate`.
    init(_ bodies: [CreateBlockBody], _ work: Work) throws(Problem) {
        if !bodies.isEmpty, !work.caller.may(.scheduleBlock, at: work.location) {
            throw Permission.scheduleBlock.denied
        }
        var blocks: [Block] = []
        for (index, body) in bodies.enumerated() {
            let block: Block
            do {
                block = try CreateBlock(body: body).block(work)
            } catch {
                throw error.inside("/blocks/\(index)")
            }
            guard !blocks.contains(where: { $0.replaces(block) }) else { throw RepairBlocks.repeated }
            blocks.append(block)
        }
        self.blocks = blocks
    }

    /// Whose time it is.
    var resources: [ResourceID] { blocks.compactMap(\.resource) }
    /// Whether everything at the location is blocked.
    var isOfEverything: Bool { blocks.contains { $0.resource == nil } }

    /// Errors: `unknown_reference` for each resource that is not here.
    func check(_ known: [Resource]) throws(Problem) {
        let known = Set(known.map(\.id))
        let errors = blocks.enumerated().compactMap { index, block -> Problem.Member? in
            guard let resource = block.resource, !known.contains(resource) else { return nil }
            return Problem.Member("/blocks/\(index)/resource_id", "unknown_reference", "There is no such resource at this location.")
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
    }

    /// Under the locks, when those who move have left: what blocks the time already and who is booked in it, of each block; then the blocks.
    func statements(at now: Instant) -> [Statement] {
        blocks.flatMap { [BlockStore.instead(of: $0), RepairStore.left($0, at: now)] } + blocks.map(BlockStore.insert)
    }

    /// What they answered: who is left. Errors: `already_blocked`, `too_much_booked`, and `still_booked` when nobody may be left.
    func left(_ answers: [Rows], leavesBooked: Bool, _ work: Work) throws -> [RepairLeft] {
        var left: [RepairLeft] = []
        for index in blocks.indices {
            if let other = try answers[2 * index].first.map(BlockStore.block) {
                var problem = RepairBlocks.alreadyBlocked
                problem.extra["block_id"] = "\"\(other.id)\""
                throw problem
            }
            for one in try answers[2 * index + 1].map(RepairStore.left) where !left.contains(one) { left.append(one) }
            guard left.count < RepairStore.mostVisits else { throw ProposeRepairBody.tooMuch }
        }
        guard left.isEmpty || leavesBooked else {
            throw RepairBlocks.stillBooked(left, for: Viewer { work.caller.may($0, at: work.location) })
        }
        return left
    }

    /// Without patients: a refusal leaves no trace of whom it showed.
    private static func stillBooked(_ left: [RepairLeft], for viewer: Viewer) -> Problem {
        var problem = stillBooked
        var writer = JSONWriter()
        writer.beginArray()
        for var one in left.prefix(SlotTaken.shown) {
            one.patient = nil
            RepairLeft.shape.write(one, into: &writer, viewer: viewer)
        }
        writer.endArray()
        problem.extra["left"] = String(decoding: writer.bytes, as: UTF8.self)
        problem.extra["count"] = String(left.count)
        return problem
    }
}

extension Problem {
    /// The same of a member that is a part of the body.
    fileprivate func inside(_ pointer: String) -> Problem {
        var problem = self
        problem.errors = errors.map { Member(pointer + $0.pointer, $0.code, $0.detail) }
        return problem
    }
}
