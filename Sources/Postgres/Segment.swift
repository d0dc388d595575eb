/// A flight on a leased connection, on the reactor's side.
final class Segment {
    let order: SegmentOrder
    let deadline: Nanoseconds
    var wasResent = false
    var wasPreparedAgain = false

    init(_ order: SegmentOrder, deadline: Nanoseconds) {
        self.order = order
        self.deadline = deadline
    }

    func fail(_ kind: PostgresError.Kind) { fail(PostgresError(kind)) }
    func fail(_ error: PostgresError) { order.continuation.resume(throwing: error.at(order.origin)) }

    var opening: SegmentOrder.Opening? {
        if case .statements(_, let opening, _) = order.part { opening } else { nil }
    }
    var isSession: Bool { if case .session? = opening { true } else { false } }
    /// Whether a COMMIT, or the Sync that ends an implicit transaction, was among what was sent.
    var mayHaveCommitted: Bool {
        switch order.part {
        case .statements(_, _, .commit), .statements(_, _, .sync), .talk: true
        default: false
        }
    }
}
