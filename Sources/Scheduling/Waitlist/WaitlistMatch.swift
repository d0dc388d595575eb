import Jobs
import Postgres
import Tenancy
import Values

/// Those who wait and could have freed time by all rules of booking, in the order they are asked.
struct WaitlistMatch: Sendable {
    struct Candidate: Sendable {
        let entry: WaitlistEntry
        let type: AppointmentType
        let span: InstantRange
        let rank: WaitlistRank
    }

    let candidates: [Candidate]
    private let freed: FreedSlot
    private let cast: [Resource]
    private let hours: DiaryHours
    private let timetable: Timetable
    private let allotments: [ResourceID: [InstantRange]]

    init(_ freed: FreedSlot, _ work: Work, _ tenancy: Tenancy) async throws {
        let entries = try await work.query(WaitlistStore.candidates(freed)).map(WaitlistStore.entry)
        let rules = work.location.rules
        hours = DiaryHours(around: freed.startsAt, minutes: freed.minutes, rules)
        let ids = [freed.provider.resource] + freed.resources
        let answers = try await work.query([
            WaitlistStore.patrons(entries.map(\.patient), after: freed.endsAt),
            AppointmentTypeStore.these(Array(Set(entries.flatMap(\.types)))),
            ResourceStore.these(ids), OccupancyStore.taken(ids.map(\.uuid) + entries.map(\.patient.uuid), in: hours.window, at: work.now),
            TimetableStore.of(ids.map(\.uuid), in: hours.window),
        ])
        var patrons: [PatientID: (patron: Patron, later: [AppointmentTypeID])] = [:]
        for row in answers[0] {
            let (id, chart, isReturning, later) = try row.decode((PatientID, PatientID, Bool, [AppointmentTypeID]).self)
            patrons[id] = (Patron(id: chart, isReturning: isReturning), later)
        }
        let types = Dictionary(
            try answers[1].map(AppointmentTypeStore.type).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let found = try answers[2].map(ResourceStore.resource)
        cast = ids.compactMap { id in found.first { $0.id == id } }
        // A clock that is behind still sees the hold of the wave that has ended.
        let diary = Diary(try OccupancyStore.all(answers[3]), in: hours.window, moving: AppointmentID(freed.id.uuid))
        timetable = try TimetableStore.timetable(answers[4], rules)
        allotments = try await AllotmentStore.read(cast, at: work.location, in: hours.window, tenancy)
        var candidates: [Candidate] = []
        for entry in entries {
            guard let (patron, later) = patrons[entry.patient] else { continue }
            for type in entry.types.compactMap({ types[$0] }) where type.minutes <= freed.minutes {
                guard let span = InstantRange(freed.startsAt, freed.startsAt.adding(minutes: type.minutes)),
                    entry.wants(freed.provider, span, rules)
                else { continue }
                var rulebook = Rulebook(type: type, patron: patron, cast: cast, timetable: timetable, diary: diary, now: work.now)
                rulebook.allotments = allotments
                guard rulebook.obstacles(to: span).isEmpty else { continue }
                let rank = WaitlistRank(
                    entry,
                    minutes: type.minutes,
                    of: freed.minutes,
                    hasLater: later.contains(type.id),
                    now: work.now
                )
                candidates.append(Candidate(entry: entry, type: type, span: span, rank: rank))
                break
            }
        }
        self.candidates = WaitlistMatch.ordered(candidates)
        self.freed = freed
    }

    /// The time of whoever of them needs most of it, held until the wave ends; nil of nobody.
    func slot(for chosen: some Sequence<Candidate>, until expiry: Instant) -> Slot? {
        let longest = chosen.max { $0.type.minutesWithBuffers < $1.type.minutesWithBuffers }
        return longest.map { longest in
            Slot(
                appointment: AppointmentID(freed.id.uuid),
                patron: nil,
                resources: cast,
                type: longest.type,
                span: longest.span,
                hours: hours,
                timetable: timetable,
                // The wave before held the same resources.
                kept: [],
                allotments: allotments,
                expiry: expiry
            )
        }
    }

    /// The most points first, then who waits longest; a patient with several entries is asked once.
    static func ordered(_ candidates: [Candidate]) -> [Candidate] {
        var asked: Set<PatientID> = []
        return candidates.sorted {
            (-$0.rank.points, $0.entry.createdAt, $0.entry.id) < (-$1.rank.points, $1.entry.createdAt, $1.entry.id)
        }.filter { asked.insert($0.entry.patient).inserted }
    }
}

extension AppointmentType {
    fileprivate var minutesWithBuffers: Int { bufferBefore + minutes + bufferAfter }
}
