import Access
import Postgres
import Tenancy
import Values
import Web

/// Finds openings: what is set and what is taken is read at once, the rest is a sweep in memory.
struct FindOpenings {
    let body: OpeningsBody
    let call: Call

    func run() async throws -> Openings {
        let location = try call.location
        let days = try body.days()
        let part = try body.part()
        let clock = DayClock(days.first, through: days.last, location.rules)
        let window = clock.whole.widened(by: AppointmentType.bufferRange.upperBound)
        let answers = try await call.tenancy.read(location, lazily: true) { tx in
            tx.audit(act, by: call.caller, at: call.now, ambient: call.ambient)
            return try await tx.query([
                AppointmentTypeStore.one(body.type), PatronStore.one(body.patient ?? .blank), ResourceStore.needed(body.type),
                LoadStore.of(body.type, body.patient, in: window, at: call.now), TimetableStore.of(nil, in: window),
            ])
        }
        let (type, patron) = try checked(answers)
        let resources = try answers[2].map(ResourceStore.resource)
        var search = OpeningSearch(
            type: type,
            minutes: body.minutes ?? type.minutes,
            resources: resources,
            patron: patron,
            timetable: try TimetableStore.timetable(answers[4], location.rules),
            load: try LoadStore.load(answers[3]),
            clock: clock,
            now: call.now,
            weekdays: Set(body.weekdays),
            part: part,
            step: body.step,
            providers: Set(body.providers.map(\.resource))
        )
        guard !search.performers.isEmpty else { throw OpeningsBody.noPerformer }
        search.allotments = try await AllotmentStore.read(resources, at: location, in: window, call.tenancy)
        let all = search.all()
        let best = all.sorted(by: body.order.comes).prefix(body.limit)
        return Openings(items: search.completed(Array(best)), total: all.count, timeZone: location.timeZone.name)
    }

    private var act: Act {
        Act("openings.find", "appointment_type", body.type, patients: body.patient.map { [$0] } ?? [])
    }

    /// Errors: ids that are not here; `not_bookable` when no time would do.
    private func checked(_ answers: [Rows]) throws -> (AppointmentType, Patron?) {
        var errors: [Problem.Member] = []
        let type = try answers[0].first.map(AppointmentTypeStore.type)
        if type == nil {
            errors.append(Problem.Member("/type_id", "unknown_reference", "There is no such appointment type at this location."))
        }
        let patron = try answers[1].first.map(PatronStore.patron)
        if body.patient != nil, patron == nil {
            errors.append(Problem.Member("/patient_id", "unknown_reference", "There is no such patient at this location."))
        }
        guard let type, errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        var obstacles = type.standing(for: patron)
        if body.online, !type.online { obstacles.append(Obstacle(.staffOnly, cause: type.cause, Remedy(.chooseType))) }
        guard obstacles.isEmpty else { throw NotBookable.problem(obstacles, alternatives: [], showsAppointments: false) }
        return (type, patron)
    }
}

struct OpeningRoutes {
    var routes: [Route] {
        [
            .act(
                "/v1/locations/{location}/openings",
                "Finds the times at which a type can be booked, the best first, with the provider and the resources that fit",
                .permission(.scheduleRead),
                body: OpeningsBody.shape,
                answer: Openings.shape,
                errors: [
                    OpeningsBody.rangeTooLong, OpeningsBody.backwards, OpeningsBody.noPerformer, OpeningsBody.tooMuch, NotBookable.problem,
                ]
            ) { call, body in
                try await FindOpenings(body: body, call: call).run()
            }
        ]
    }
}
