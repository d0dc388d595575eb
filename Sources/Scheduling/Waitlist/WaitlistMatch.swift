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

    /// Batches of those who wait that are looked at for one time that is free.
    private static let looks = 10

    private(set) var candidates: [Candidate] = []
    private let freed: FreedSlot
    private let cast: [Resource]
    private let hours: DiaryHours
    private let timetable: Timetable
    private let allotments: [ResourceID: [InstantRange]]

    /// - Parameter wanted: How many patients are to be asked. As long as fewer are found, those who wait less urgently are looked at as well.
    init(_ freed: FreedSlot, wanted: Int, _ work: Work, _ tenancy: Tenancy) async throws {
        let rules = work.location.rules
        hours = DiaryHours(around: freed.startsAt, minutes: freed.minutes, rules)
        let ids = [freed.provider.resource] + freed.resources
        let answers = try await work.query([
            WaitlistStore.candidates(freed, after: nil), ResourceStore.these(ids), TimetableStore.of(ids.map(\.uuid), in: hours.window),
        ])
        let found = try answers[1].map(ResourceStore.resource)
        cast = ids.compactMap { id in found.first { $0.id == id } }
        timetable = try TimetableStore.timetable(answers[2], rules)
        allotments = try await AllotmentStore.read(cast, at: work.location, in: hours.window, tenancy)
        self.freed = freed
        var entries = try answers[0].map(WaitlistStore.entry)
        var candidates = try await fitting(entries, work)
        for _ in 1..<WaitlistMatch.looks where entries.count == WaitlistStore.most && Set(candidates.map(\.entry.patient)).count < wanted {
            entries = try await work.query(WaitlistStore.candidates(freed, after: entries.last)).map(WaitlistStore.entry)
            candidates += try await fitting(entries, work)
        }
        self.candidates = WaitlistMatch.ordered(candidates)
    }

    /// Those of them who could have the time.
    private func fitting(_ entries: [WaitlistEntry], _ work: Work) async throws -> [Candidate] {
        guard !entries.isEmpty else { return [] }
        let rules = work.location.rules
        let answers = try await work.query([
            WaitlistStore.patrons(entries.map(\.patient), after: freed.endsAt),
            AppointmentTypeStore.these(Array(Set(entries.flatMap(\.types)))),
            OccupancyStore.taken(cast.map(\.id.uuid) + entries.map(\.patient.uuid), in: hours.window, at: work.now),
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
        // A clock that is behind still sees the hold of the wave that has ended.
        let diary = Diary(try OccupancyStore.all(answers[2]), in: hours.window, moving: AppointmentID(freed.id.uuid))
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
        return candidates
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
