import Values

/// Where the appointments of a series go that move together: what they have now is no obstacle to each other, unless it stays where it is. Pure; a
/// test compares it with looking at everything again for each one that stays.
struct SeriesMoves: Sendable {
    /// One that is to move.
    struct One: Sendable {
        let want: Want
        let planned: PlannedOccurrence
    }

    let all: [One]
    /// All that is taken around them, by themselves too.
    var taken: [Occupancy]
    /// Of the days they go to, with nothing taken.
    let empty: Agenda
    let timeZone: String
    let choice: SeriesChoice
    let showsAppointments: Bool
    /// The days around those that have no place on their own, once what is taken on them was read.
    var nearby: NearbyDays?

    /// What one look finds. Who stays is in the way of the others.
    func plan(staying: Set<AppointmentID> = []) -> SeriesPlan {
        let wants = Dictionary(all.map { ($0.want.appointment, $0.want) }, uniquingKeysWith: { first, _ in first })
        var agenda = Agenda(
            taken.filter { staying.contains($0.appointment) || wants[$0.appointment] == nil },
            empty.timetable,
            now: empty.now
        )
        agenda.allotments = empty.allotments
        var plan = SeriesPlan(timeZone: timeZone, occurrences: all.map(\.planned))
        plan.look(&agenda, staying: staying, proposing: choice != .skip, nearby: nearby) { wants[$0.appointment] }
        return plan
    }

    /// Where each goes; nil stays. Those that stay are in the way of the others, which may make more of them stay. Errors: `series_not_bookable`.
    func places() throws(Problem) -> (plan: SeriesPlan, places: [InstantRange?]) {
        var staying: Set<AppointmentID> = []
        while true {
            let plan = plan(staying: staying)
            var places = try plan.places(choice, showsAppointments: showsAppointments)
            for index in places.indices where staying.contains(all[index].want.appointment) { places[index] = nil }
            let stay = Set(zip(all, places).filter { $0.1 == nil }.map { $0.0.want.appointment })
            guard stay.count < all.count else { throw SeriesPlan.problem(plan.occurrences, showsAppointments: showsAppointments) }
            guard stay != staying else { return (plan, places) }
            staying = stay.union(kept(by: stay))
        }
    }

    /// Whom these keep from moving, and whom those keep in turn, without a look at everything for each: whoever wants time that one of them stays in,
    /// of a calendar that is taken whole. Where several may be at once, the next look tells.
    private func kept(by first: Set<AppointmentID>) -> Set<AppointmentID> {
        let own = Dictionary(grouping: taken, by: \.appointment)
        let wanted = Dictionary(grouping: all.flatMap(SeriesMoves.wanted)) { $0.holder }.mapValues { times in
            let times = times.sorted { $0.span.start < $1.span.start }
            return (by: times.map(\.by), timeline: Timeline(times.map(\.span)))
        }
        var kept = first
        var fresh = Array(first)
        while let one = fresh.popLast() {
            for occupancy in own[one] ?? [] {
                guard let times = wanted[occupancy.holder] else { continue }
                for index in times.timeline.meeting(occupancy.span) where kept.insert(times.by[index]).inserted {
                    fresh.append(times.by[index])
                }
            }
        }
        return kept
    }

    /// What one would take whole.
    private static func wanted(_ one: One) -> [(holder: UUID, span: InstantRange, by: AppointmentID)] {
        one.want.demands.filter { $0.lanes == 1 }.map { ($0.holder, $0.span(for: one.planned.span), one.want.appointment) }
    }
}
