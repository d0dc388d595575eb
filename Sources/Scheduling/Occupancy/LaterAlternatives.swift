import Postgres
import Tenancy
import Values
import Web

/// What is free on the days after, for a refusal whose own day has too little, or an explanation whose day has nothing. For a refusal it is looked
/// for when its transaction has been undone: who lost a race holds no lock meanwhile (DESIGN L7), and who has enough on the day costs nothing more.
struct LaterAlternatives: Sendable {
    let type: AppointmentTypeID
    let patient: PatientID?
    let provider: ProviderID
    let further: [ResourceID]
    let start: StartTime
    let minutes: Int?
    /// An appointment that moves: its own time is no obstacle.
    var moving: AppointmentID?
    var settled: Set<Obstacle.Rule> = []

    static let wanted = 3
    /// Days after the one that was asked for. The next two mostly suffice, and are little to read.
    private static let stages = [1...2, 3...14]

    /// The refusal with up to three alternatives, the nearest first.
    func added(to refusal: Problem, _ call: Call) async -> Problem {
        let known = SlotTaken.alternatives(in: refusal) ?? []
        guard let start = try? start.resolved(call.location.rules, now: call.now),  // then this is what was refused
            let later = try? await free(after: start, LaterAlternatives.wanted - known.count, call)  // the refusal stands without them
        else { return refusal }
        func distance(_ span: InstantRange) -> Int64 { abs(span.start.seconds(since: start)) }
        var refusal = refusal
        refusal.extra["alternatives"] = SlotTaken.json((known + later).sorted { (distance($0), $0.start) < (distance($1), $1.start) })
        return refusal
    }

    /// Of the fortnight after a moment's day, the earliest first.
    func free(after start: Instant, _ count: Int, _ call: Call) async throws -> [InstantRange] {
        let day = try call.location.rules.wallClock(at: start).day
        var found: [InstantRange] = []
        for stage in LaterAlternatives.stages where found.count < count {
            found += try await free(on: stage.map { day.adding(days: $0) }, count - found.count, call)
        }
        return found
    }

    private func free(on days: [Day], _ count: Int, _ call: Call) async throws -> [InstantRange] {
        let location = try call.location
        let rules = location.rules
        let longest = minutes ?? AppointmentType.minutesRange.upperBound
        let parts = days.map { DiaryHours(around: rules.start(of: $0), minutes: longest, rules) }
        guard let window = parts.map(\.window).whole else { return [] }
        let ids = [provider.resource] + further
        let holders = ids.map(\.uuid) + (patient.map { [$0.uuid] } ?? [])
        let answers = try await call.tenancy.read(location) { tx in
            try await tx.query([
                AppointmentTypeStore.one(self.type), PatronStore.one(patient ?? .blank), ResourceStore.these(ids),
                OccupancyStore.taken(holders, inAny: [window], at: call.now), TimetableStore.of(ids.map(\.uuid), in: window),
            ])
        }
        var asked = Asked(type: self.type, patient: patient, provider: provider, further: further)
        asked.isQuestion = true
        let (type, patron, cast) = try asked.found(answers)
        let taken = try OccupancyStore.all(answers[3])
        let timetable = try TimetableStore.timetable(answers[4], rules)
        let allotments = try await AllotmentStore.read(cast.all, at: location, in: window, call.tenancy)
        var found: [InstantRange] = []
        for part in parts where found.count < count {
            let diary = Diary(taken.filter { $0.span.overlaps(part.window) }, in: part.window, moving: moving)
            var rulebook = Rulebook(type: type, patron: patron, cast: cast.all, timetable: timetable, diary: diary, now: call.now)
            rulebook.allotments = allotments
            guard rulebook.standing.allSatisfy({ settled.contains($0.rule) }) else { return [] }
            let hours = part.search(timetable, ids)
            // Sought from just before the day, so that the earliest come.
            let before = hours.start.adding(seconds: -1)
            guard let span = InstantRange(before, before.adding(minutes: minutes ?? type.minutes)) else { continue }
            found += diary.nearestOpenings(
                to: span,
                rulebook.demands,
                within: hours,
                notBefore: max(hours.start, call.now),
                count: count - found.count,
                where: rulebook.allows
            )
        }
        return found
    }
}

extension Route {
    /// The same route; a refusal that offers less than three times offers some of the days after too.
    func offeringLater<Body>(_ body: Shape<Body>, _ later: @escaping @Sendable (Call, Body) async throws -> LaterAlternatives?) -> Route {
        refusing(body) { call, body, refusal in
            guard SlotTaken.alternatives(in: refusal)?.count ?? LaterAlternatives.wanted < LaterAlternatives.wanted,
                let later = try? await later(call, body)  // the refusal stands without
            else { return refusal }
            return await later.added(to: refusal, call)
        }
    }
}

extension BookAppointmentBody {
    var later: LaterAlternatives {
        LaterAlternatives(type: type, patient: patient, provider: provider, further: resources, start: start, minutes: minutes)
    }
}

extension HoldBody {
    var later: LaterAlternatives {
        LaterAlternatives(type: type, patient: patient, provider: provider, further: resources, start: start, minutes: minutes)
    }
}

extension MoveAppointmentBody {
    /// What it does not name is as the appointment has it.
    func later(_ id: AppointmentID, _ call: Call) async throws -> LaterAlternatives? {
        guard let row = try await call.tenancy.read(call.location, AppointmentStore.one(id)).first else { return nil }
        let old = try AppointmentStore.appointment(row)
        return LaterAlternatives(
            type: old.type,
            patient: old.patient,
            provider: provider ?? old.provider,
            further: resources ?? old.resources.map(\.id),
            start: start.isEmpty ? StartTime(instant: old.startsAt) : start,
            minutes: minutes ?? old.minutes,
            moving: id,
            settled: MoveAppointment.settled(from: old.provider, to: provider ?? old.provider)
        )
    }
}
