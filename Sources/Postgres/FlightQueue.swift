/// Flights that wait for a place on the shared lane: first come, first served, but of one schema only so many are on their way at once.
/// The rest of that schema stands aside, so that a location with a flood of requests does not delay the others.
struct FlightQueue {
    private let share: Int
    private var ready = Backlog<Flight>()
    private var aside: [SchemaName: Backlog<Flight>] = [:]
    private var asideCount = 0
    private var underWay: [SchemaName: Int] = [:]
    /// On their way; their answers will wait for a commit.
    private(set) var durable = 0

    init(share: Int) {
        self.share = max(share, 1)
    }

    var count: Int { ready.count + asideCount }
    var isEmpty: Bool { count == 0 }

    /// How many of this schema stand aside.
    func standingAside(_ schema: SchemaName?) -> Int { schema.flatMap { aside[$0]?.count } ?? 0 }

    mutating func append(_ flight: Flight) { ready.append(flight) }
    mutating func prepend(_ flight: Flight) { ready.prepend(flight) }

    /// The next that may go; those whose schema has its share are put aside.
    mutating func next() -> Flight? {
        while let flight = ready.first {
            guard let schema = flight.order.scope.schema, underWay[schema, default: 0] >= share else { return flight }
            _ = ready.popFirst()
            aside[schema, default: Backlog()].append(flight)
            asideCount += 1
        }
        return nil
    }

    /// Takes out what `next` gave: it is on its way.
    mutating func depart() {
        guard let flight = ready.popFirst() else { return }
        if flight.isDurable { durable += 1 }
        guard let schema = flight.order.scope.schema else { return }
        underWay[schema, default: 0] += 1
    }

    /// It came back, or goes back into the queue: one that stood aside may follow.
    mutating func arrived(_ flight: Flight) {
        if flight.isDurable { durable -= 1 }
        guard let schema = flight.order.scope.schema, let count = underWay[schema] else { return }
        underWay[schema] = count > 1 ? count - 1 : nil
        guard let next = aside[schema]?.popFirst() else { return }
        asideCount -= 1
        if aside[schema]?.isEmpty ?? true { aside[schema] = nil }
        ready.prepend(next)
    }

    mutating func remove(where matches: (Flight) -> Bool) -> [Flight] {
        var removed = ready.remove(where: matches)
        guard asideCount > 0 else { return removed }
        for schema in Array(aside.keys) {
            removed += aside[schema]?.remove(where: matches) ?? []
            if aside[schema]?.isEmpty ?? true { aside[schema] = nil }
        }
        asideCount = aside.values.reduce(0) { $0 + $1.count }
        return removed
    }
}
