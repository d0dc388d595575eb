/// Claimed jobs that wait for a place to run: by location, taken in turn, so that one location's hundred do not stand before another's one.
struct WaitingRoom {
    private var claims: [String: [Claim]] = [:]
    private var turns: [String] = []
    private(set) var count = 0

    var roles: [String] { turns }

    var keys: Set<Claim.Key> { Set(claims.values.joined().map(\.key)) }

    func waiting(at role: String) -> Int { claims[role]?.count ?? 0 }

    mutating func add(_ claim: Claim) {
        if claims[claim.role] == nil { turns.append(claim.role) }
        claims[claim.role, default: []].append(claim)
        count += 1
    }

    /// The next in turn of a location that may run one more.
    mutating func next(where mayRun: (String) -> Bool) -> Claim? {
        guard let index = turns.firstIndex(where: mayRun) else { return nil }
        let role = turns.remove(at: index)
        guard var queue = claims[role], !queue.isEmpty else { return nil }
        let claim = queue.removeFirst()
        claims[role] = queue.isEmpty ? nil : queue
        if !queue.isEmpty { turns.append(role) }
        count -= 1
        return claim
    }

    mutating func remove(_ keys: Set<Claim.Key>) {
        for role in turns { claims[role]?.removeAll { keys.contains($0.key) } }
        turns.removeAll { claims[$0]?.isEmpty ?? true }
        claims = claims.filter { !$0.value.isEmpty }
        count = claims.values.reduce(0) { $0 + $1.count }
    }

    mutating func removeAll() -> [Claim] {
        defer { self = WaitingRoom() }
        return turns.flatMap { claims[$0] ?? [] }
    }
}
