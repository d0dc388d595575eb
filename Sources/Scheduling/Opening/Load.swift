import Postgres
import Values
import Web

/// What is taken of some calendars, as openings need it: the spans of each lane, in order.
struct Load: Sendable {
    struct Lane: Sendable {
        let lanes: Int4Range
        let type: AppointmentTypeID?
        /// As `Occupancy.sharing`.
        let sharing: Int
        fileprivate let timeline: Timeline

        /// - Parameter spans: In the order of their beginnings.
        init(lanes: Int4Range, type: AppointmentTypeID?, sharing: Int, spans: [InstantRange]) {
            self.lanes = lanes
            self.type = type
            self.sharing = sharing
            timeline = Timeline(spans)
        }

        var spans: [InstantRange] { timeline.spans }
    }

    private let lanes: [UUID: [Lane]]

    init(_ lanes: [UUID: [Lane]] = [:]) {
        self.lanes = lanes
    }

    init(_ taken: [Occupancy]) {
        struct Key: Hashable {
            let lanes: Int4Range
            let type: AppointmentTypeID?
            let sharing: Int
        }
        lanes = Dictionary(grouping: taken, by: \.holder).mapValues { rows in
            Dictionary(grouping: rows) { Key(lanes: $0.lanes, type: $0.type, sharing: $0.sharing) }.map { key, rows in
                Lane(lanes: key.lanes, type: key.type, sharing: key.sharing, spans: rows.map(\.span).sorted { $0.start < $1.start })
            }
        }
    }

    func lanes(of holder: UUID) -> [Lane] { lanes[holder] ?? [] }

    /// All that is taken of one calendar, one span where several overlap.
    func spans(of holder: UUID) -> [InstantRange] { InstantRange.joined(lanes(of: holder).flatMap(\.spans)) }

    /// What is taken of one calendar at a time.
    func occupancies(of holder: UUID, meeting span: InstantRange) -> [Occupancy] {
        lanes(of: holder).flatMap { lane in
            lane.timeline.meeting(span).map {
                Occupancy(
                    appointment: .blank,
                    holder: holder,
                    lanes: lane.lanes,
                    span: lane.spans[$0],
                    type: lane.type,
                    sharing: lane.sharing
                )
            }
        }
    }

    /// Where an appointment of a demand may begin, as far as what is taken goes.
    func starts(_ demand: Demand, seconds: Int64, inside spans: [InstantRange]) -> Starts {
        let possible = Starts(of: seconds, inside: spans)
        guard let taken = lanes[demand.holder], !possible.isEmpty else { return possible }
        guard demand.group == nil else { return group(demand, seconds, possible) }
        guard demand.lanes > 1 else { return possible.subtracting(Load.blocked(taken.flatMap(\.spans), demand, seconds)) }
        var free = Starts()
        for lane in 0..<demand.lanes {
            let busy = taken.filter { $0.lanes.contains(lane: lane) || demand.most(beside: $0.sharing) <= lane }.flatMap(\.spans)
            free = free.union(possible.subtracting(Load.blocked(busy, demand, seconds)))
            // The lowest lanes are taken first: one that nobody has is free throughout.
            if busy.isEmpty { break }
        }
        return free
    }

    /// A group begins where nobody is, or with those of it who are there already.
    private func group(_ demand: Demand, _ seconds: Int64, _ possible: Starts) -> Starts {
        let taken = lanes(of: demand.holder)
        let alone = possible.subtracting(Load.blocked(taken.flatMap(\.spans), demand, seconds))
        let theirs = taken.filter { $0.type == demand.group }.flatMap(\.spans)
        let joined = Set(theirs.map { $0.start.adding(minutes: demand.bufferBefore) }).filter { start in
            guard possible.contains(start.wholeSeconds(roundedUp: true)), let span = InstantRange(start, start.adding(seconds: seconds))
            else {
                return false
            }
            let wanted = demand.span(for: span)
            return Diary(occupancies(of: demand.holder, meeting: wanted), in: wanted).conflicts([demand], span).isEmpty
        }
        return alone.union(Starts(joined.map { $0.wholeSeconds(roundedUp: true)..<$0.wholeSeconds(roundedUp: true) + 1 }))
    }

    /// The starts at which a demand would overlap one of these spans.
    static func blocked(_ spans: [InstantRange], _ demand: Demand, _ seconds: Int64) -> Starts {
        Starts(
            spans.map { span in
                let low = span.start.wholeSeconds(roundedUp: false) - seconds - Int64(demand.bufferAfter) * 60 + 1
                return low..<max(low, span.end.wholeSeconds(roundedUp: true) + Int64(demand.bufferBefore) * 60)
            }
        )
    }
}
