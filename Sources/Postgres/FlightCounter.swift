internal import Synchronization

/// Counts the waits for the server made by a task and its children, so that a test can hold a route to its number of flights.
///
///     try await FlightCounter.$current.withValue(counter) { … }
public final class FlightCounter: Sendable {
    @TaskLocal public static var current: FlightCounter?

    private let flights = Atomic(0)

    public init() {}

    public var count: Int { flights.load(ordering: .relaxed) }

    func add() { flights.add(1, ordering: .relaxed) }
}
