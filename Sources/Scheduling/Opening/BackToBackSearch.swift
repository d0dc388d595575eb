import Postgres
import Values
import Web

/// Finds when several appointments of one patient can follow each other, each bookable after those before it. Every start of the first with every
/// provider is found from which the others can go on in any way; one way is shown, with short waits and the least busy tried first. Pure; a test
/// compares it with trying all ways.
struct BackToBackSearch: Sendable {
    /// In the order of the visit; their days and step are the first one's.
    private let parts: [Part]
    /// What was tried, over all.
    private var steps = 0

    /// More is no quick answer any more.
    private let mostSteps: Int

    /// Whose time was missing because parts before had taken it. nil is anybody's: on a calendar that several share, who takes time may make
    /// others change their lanes.
    private typealias Blame = Set<UUID?>

    /// A class, because a copy of it with every step would be most of the work.
    final class Part: Sendable {
        let search: OpeningSearch
        /// Seconds after the end of the one before.
        let waits: [Int64]
        let performers: [Resource]
        /// The least busy of each day first.
        let leastBusy: [Day: [Resource]]
        let places: [ResourceID: Starts]
        let pool: [(resource: Resource, starts: Starts)]
        /// What it needs besides its provider.
        let needs: [(kind: Resource.Kind, count: Int)]
        let edges: [ResourceID: [InstantRange]]
        let loads: [Day: OpeningSearch.DayLoad]
        /// Where it may begin with anybody, and the others may follow if they do not get in each other's way.
        let starts: Starts
        /// Whether its minutes before and after may be those of a part that comes later.
        let isNear: Bool

        init(_ search: OpeningSearch, within minutes: Int, before later: [Part]) {
            self.search = search
            waits = stride(from: 0, through: minutes, by: FurtherPart.step).map { Int64($0) * 60 }
            let found = search.places().filter { !$0.starts.isEmpty }
            let performers = found.map(\.provider)
            let loads = search.loads(search.performers)
            self.performers = performers
            self.loads = loads
            leastBusy = loads.mapValues { load in
                performers.sorted { (load.minutes[$0.id] ?? 0, $0.id) < (load.minutes[$1.id] ?? 0, $1.id) }
            }
            places = Dictionary(found.map { ($0.provider.id, $0.starts) }, uniquingKeysWith: { first, _ in first })
            pool = search.pool()
            needs = Set(search.type.needs).sorted { $0.rawValue < $1.rawValue }.compactMap { kind in
                let count = search.needed(kind) - (kind == .provider ? 1 : 0)
                return count > 0 ? (kind, count) : nil
            }
            edges = Dictionary(performers.map { ($0.id, search.edges(of: $0)) }, uniquingKeysWith: { first, _ in first })
            let all = Starts(found.flatMap(\.starts.ranges))
            starts = later.first.map { all.intersection($0.starts.preceded(by: search.seconds, waiting: $0.waits)) } ?? all
            isNear = later.contains { search.type.bufferAfter + $0.search.type.bufferBefore > 0 }
        }
    }

    /// A part that has its time and everybody it needs.
    private struct Placed {
        let span: InstantRange
        let cast: [Resource]
        /// Only where a later part could collide with it.
        let taken: [Occupancy]
    }

    init(_ searches: [(search: OpeningSearch, within: Int)], mostSteps: Int = 250_000) {
        self.mostSteps = mostSteps
        var parts: [Part] = []
        for (search, minutes) in searches.reversed() { parts.insert(Part(search, within: minutes, before: parts), at: 0) }
        self.parts = parts
    }

    /// Errors: `too_many_ways`.
    mutating func all() throws(Problem) -> [Opening] {
        guard let first = parts.first else { return [] }
        var openings: [Opening] = []
        let grid = first.search.grid
        for provider in first.performers {
            let starts = first.places[provider.id]?.intersection(first.starts) ?? Starts()
            for opening in first.search.openings(provider, starts, first.loads, on: grid) {
                var blame: Blame = []
                if let placed = try ways(provider, at: opening.span, after: [], &blame) { openings.append(whole(opening, placed)) }
            }
        }
        return openings
    }

    // MARK: One after another

    /// What follows those that have their place: the shortest wait is tried first, and the least busy who can. `blame` gains whom they took time of
    /// that was missing.
    private mutating func followed(_ placed: [Placed], _ blame: inout Blame) throws(Problem) -> [Placed]? {
        guard placed.count < parts.count, let end = placed.last?.span.end else { return placed }
        let part = parts[placed.count]
        for wait in part.waits {
            let start = end.adding(seconds: wait)
            let second = start.wholeSeconds(roundedUp: true)
            guard part.starts.contains(second), let span = InstantRange(start, start.adding(seconds: part.search.seconds)) else { continue }
            let performers = part.leastBusy[part.search.clock.day(at: start)] ?? []
            for provider in performers where part.places[provider.id]?.contains(second) == true {
                var later: Blame = []
                if let found = try ways(provider, at: span, after: placed, &later) { return found }
                blame.formUnion(later)
                // With another in their place it fails as well; but who performs does not assist.
                if !later.contains(provider.id.uuid), !later.contains(nil), !part.needs.contains(where: { $0.kind == .provider }) { break }
            }
        }
        return nil
    }

    /// The next part with this provider, whoever and whatever else it takes, and all that follow it.
    private mutating func ways(_ provider: Resource, at span: InstantRange, after placed: [Placed], _ blame: inout Blame)
        throws(Problem) -> [Placed]?
    {
        steps += 1
        guard steps <= mostSteps else { throw OpeningsBody.tooManyWays }
        let part = parts[placed.count]
        guard isFree(provider, part, span, placed, &blame) else { return nil }
        return try completed([provider], part.needs[...], from: 0, at: span, after: placed, &blame)
    }

    /// Chooses what the part still needs out of its pool, in every way until what follows has its place too.
    private mutating func completed(
        _ cast: [Resource],
        _ needs: ArraySlice<(kind: Resource.Kind, count: Int)>,
        from index: Int,
        at span: InstantRange,
        after placed: [Placed],
        _ blame: inout Blame
    ) throws(Problem) -> [Placed]? {
        let part = parts[placed.count]
        guard let need = needs.first else {
            let taken = part.isNear ? cast.compactMap { occupancy($0, part, span, placed) } : []
            return try followed(placed + [Placed(span: span, cast: cast, taken: taken)], &blame)
        }
        guard cast.count(where: { $0.kind == need.kind }) < need.count + (need.kind == .provider ? 1 : 0) else {
            return try completed(cast, needs.dropFirst(), from: 0, at: span, after: placed, &blame)
        }
        let second = span.start.wholeSeconds(roundedUp: true)
        for (offset, candidate) in part.pool.enumerated().dropFirst(index) where candidate.resource.kind == need.kind {
            guard !cast.contains(where: { $0.id == candidate.resource.id }), candidate.starts.contains(second),
                isFree(candidate.resource, part, span, placed, &blame)
            else { continue }
            steps += 1
            guard steps <= mostSteps else { throw OpeningsBody.tooManyWays }
            var later: Blame = []
            if let found = try completed(cast + [candidate.resource], needs, from: offset + 1, at: span, after: placed, &later) {
                return found
            }
            blame.formUnion(later)
            // What failed did not fail for want of this one: with another in its place it fails as well.
            guard later.contains(candidate.resource.id.uuid) || later.contains(nil) else { return nil }
        }
        return nil
    }

    // MARK: In each other's way

    /// Free of what is booked it is already: this asks whether the parts before leave it free too.
    private func isFree(_ resource: Resource, _ part: Part, _ span: InstantRange, _ placed: [Placed], _ blame: inout Blame) -> Bool {
        let demand = Demand(resource, part.search.type)
        let wanted = demand.span(for: span)
        guard placed.contains(where: { $0.taken.contains { $0.holder == demand.holder && $0.span.overlaps(wanted) } }) else { return true }
        guard demand.lanes == 1 || !Diary(taken(demand, part, span, placed), in: wanted).conflicts([demand], span).isEmpty else {
            return true
        }
        blame.insert(demand.lanes == 1 ? demand.holder : nil)
        return false
    }

    /// As booking takes it: the lowest lane that is free.
    private func occupancy(_ resource: Resource, _ part: Part, _ span: InstantRange, _ placed: [Placed]) -> Occupancy? {
        let demand = Demand(resource, part.search.type)
        var free: Int?
        if demand.lanes > 1 {
            free = demand.freeLane(beside: taken(demand, part, span, placed))
        }
        let lane = Int32(clamping: free ?? 0)
        guard let lanes = Int4Range(lane, free.map { _ in lane + 1 }) else { return nil }
        return Occupancy(
            appointment: .blank,
            holder: demand.holder,
            lanes: lanes,
            span: demand.span(for: span),
            type: part.search.type.id,
            sharing: part.search.type.sharing
        )
    }

    /// What is booked of a calendar at a time, and what the parts before take of it.
    private func taken(_ demand: Demand, _ part: Part, _ span: InstantRange, _ placed: [Placed]) -> [Occupancy] {
        let wanted = demand.span(for: span)
        let own = placed.flatMap(\.taken).filter { $0.holder == demand.holder && $0.span.overlaps(wanted) }
        return part.search.load.occupancies(of: demand.holder, meeting: wanted) + own
    }

    // MARK: What is shown

    private func whole(_ first: Opening, _ placed: [Placed]) -> Opening {
        var whole = first
        whole.resources = placed.first.map { $0.cast.dropFirst().map(\.id) } ?? []
        for ((part, own), before) in zip(zip(parts, placed).dropFirst(), placed) {
            guard let provider = own.cast.first else { continue }
            let fit = part.search.fit(provider, own.span, part.edges[provider.id] ?? [], part.loads)
            whole.gapMinutes += fit.gap
            whole.loadMinutes += fit.load
            whole.waitMinutes += Int(clamping: own.span.start.seconds(since: before.span.end) / 60)
            whole.further.append(
                Opening.Part(
                    type: part.search.type.id,
                    provider: provider.id,
                    resources: own.cast.dropFirst().map(\.id),
                    span: own.span
                )
            )
        }
        return whole
    }
}
