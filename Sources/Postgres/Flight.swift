/// A flight of the shared lane, on the reactor's side.
final class Flight {
    let order: FlightOrder
    /// When it stops waiting for a place.
    var deadline: Nanoseconds
    /// Sent again because its connection was lost, or because a prepared statement was out of date: once.
    var wasResent = false
    /// Sent again only on a connection that was made later than the loss of the first: what took that may have taken others.
    var notBefore: Nanoseconds = 0
    var wasPreparedAgain = false
    /// What the Parse in front of it failed with: the reason why its statement is missing.
    var parseFailure: PostgresError?
    /// Which connection of the flush lane was there when it was sent.
    var flushEpoch: UInt64 = 0

    init(_ order: FlightOrder, deadline: Nanoseconds) {
        self.order = order
        self.deadline = deadline
    }

    /// Its answer waits for a commit.
    var isDurable: Bool { if case .none = order.durability { false } else { true } }

    func fail(_ kind: PostgresError.Kind) { fail(PostgresError(kind)) }
    func fail(_ error: PostgresError) { order.continuation.resume(throwing: error.at(order.origin)) }
}
