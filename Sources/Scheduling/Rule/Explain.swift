import Access
import Postgres
import Tenancy
import Values
import Web

/// What is asked: whether an appointment could be at a time, and why not.
struct ExplainBody: Sendable {
    var type = AppointmentTypeID.blank
    var provider = ProviderID.blank
    var resources: [ResourceID] = []
    var patient: PatientID?
    var moving: AppointmentID?
    var start = StartTime()
    var minutes: Int?

    static let shape = Shape("Explain", ExplainBody()) {
        Field("type_id", \.type, .id())
        Field("provider_id", \.provider, .id())
        Field("resource_ids", \.resources, .list(of: .id(), 0...10), optional: true)
        Field("patient_id", \.patient, .id())
        Field("appointment_id", \.moving, .id(), about: "Of an appointment that is to move: its own time is no obstacle.")
        Field("starts_at", \.start.instant, .instant, example: Instant("2026-03-02T14:30:00Z"), about: "Either this, or day and time.")
        Field("day", \.start.day, .day, about: "With time: as the location's clocks show it.")
        Field("time", \.start.time, .time)
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), about: "The type's when absent.")
    }
}

/// The answer: all that stands in the way.
struct Explanation: Sendable {
    let span: InstantRange
    let obstacles: [Obstacle]
    let alternatives: [InstantRange]

    var isBookable: Bool { obstacles.isEmpty }
    var isOverridable: Bool { !obstacles.isEmpty && obstacles.allSatisfy(\.isOverridable) }

    static let shape = Shape<Explanation>("Explanation") {
        Field("starts_at", \.span.start, .instant)
        Field("ends_at", \.span.end, .instant)
        Field("bookable", \.isBookable, .bool)
        Field(
            "overridable",
            \.isOverridable,
            .bool,
            about: "Whether the permission appointments.override and a reason set all of it aside."
        )
        Field("obstacles", \.obstacles, .list(of: .object(Obstacle.shape), 0...2000))
        Field(
            "alternatives",
            \.alternatives,
            .list(of: .object(InstantRange.slotShape), 0...3),
            about: "The nearest times of the day that are free; where it has none, the next of the fortnight after."
        )
    }
}

extension InstantRange {
    static let slotShape = Shape<InstantRange>("FreeTime") {
        Field("starts_at", \.start, .instant)
        Field("ends_at", \.end, .instant)
    }
}

struct Explain {
    let body: ExplainBody
    let call: Call

    func run() async throws -> Explanation {
        let location = try call.location
        let rules = location.rules
        let start = try body.start.resolved(rules, now: call.now)
        let hours = DiaryHours(around: start, minutes: body.minutes ?? AppointmentType.minutesRange.upperBound, rules)
        let ids = [body.provider.resource] + body.resources
        let answers = try await call.tenancy.read(location, lazily: true) { tx in
            tx.audit(act, by: call.caller, at: call.now, ambient: call.ambient)
            return try await tx.query([
                AppointmentTypeStore.one(body.type), PatronStore.one(body.patient ?? .blank), ResourceStore.these(ids),
                OccupancyStore.explained(ids.map(\.uuid) + (body.patient.map { [$0.uuid] } ?? []), in: hours.window, at: call.now),
                TimetableStore.of(ids.map(\.uuid), in: hours.window),
            ])
        }
        var asked = Asked(type: body.type, patient: body.patient, provider: body.provider, further: body.resources)
        asked.isQuestion = true
        let (type, patron, cast) = try asked.found(answers)
        guard let span = InstantRange(start, start.adding(minutes: body.minutes ?? type.minutes)) else { throw StartTime.tooLate }
        let timetable = try TimetableStore.timetable(answers[4], rules)
        let diary = Diary(try OccupancyStore.allExplained(answers[3]), in: hours.window, moving: body.moving)
        var rulebook = Rulebook(type: type, patron: patron, cast: cast.all, timetable: timetable, diary: diary, now: call.now)
        rulebook.allotments = try await AllotmentStore.read(cast.all, at: location, in: hours.window, call.tenancy)
        let search = hours.search(timetable, cast.all.map(\.id))
        let obstacles = rulebook.obstacles(to: span)
        var alternatives: [InstantRange] = []
        if rulebook.standing.isEmpty {
            alternatives = diary.nearestOpenings(to: span, rulebook.demands, within: search, notBefore: call.now, where: rulebook.allows)
            if alternatives.isEmpty, !obstacles.isEmpty {
                // What is in the way is said without them.
                alternatives = (try? await later.free(after: start, LaterAlternatives.wanted, call)) ?? []
            }
        }
        let showsAppointments = call.may(.appointmentsRead)
        return Explanation(
            span: span,
            obstacles: obstacles.map { $0.shown(withAppointments: showsAppointments) },
            alternatives: alternatives
        )
    }

    /// Where the day has no time at all: the days after, as a refusal offers them.
    private var later: LaterAlternatives {
        LaterAlternatives(
            type: body.type,
            patient: body.patient,
            provider: body.provider,
            further: body.resources,
            start: body.start,
            minutes: body.minutes,
            moving: body.moving
        )
    }

    private var act: Act {
        Act("schedule.explain", "appointment_type", body.type, patients: body.patient.map { [$0] } ?? [])
    }
}

struct ExplainRoutes {
    var routes: [Route] {
        [
            .act(
                "/v1/locations/{location}/explanations",
                "Explains why an appointment can or cannot be at a time: every rule in its way, who set it, and what would free it",
                .permission(.scheduleRead),
                body: ExplainBody.shape,
                answer: Explanation.shape,
                errors: [
                    StartTime.oneForm, StartTime.skipped, StartTime.repeated, StartTime.tooEarly, StartTime.tooLate,
                    StartTime.notWholeMinute, OccupancyStore.tooMuch, AllotmentStore.tooMany, TimetableStore.tooMuch,
                ]
            ) { call, body in
                try await Explain(body: body, call: call).run()
            }
        ]
    }
}
