import Access
import Postgres
import Tenancy
import Values
import Web

/// Finds openings: what is set and what is taken is read at once, the rest is a sweep in memory.
struct FindOpenings {
    let body: OpeningsBody
    let location: Location
    let call: Call

    func run() async throws -> Openings {
        let days = try body.days()
        let part = try body.part()
        let types = [body.type] + body.further.map(\.type)
        let clock = DayClock(days.first, through: days.last, location.rules)
        let window = clock.whole.widened(by: AppointmentType.bufferRange.upperBound)
        // Half of what is taken each: reading that is most of the time this takes.
        return try await call.tenancy.read(location, beside: LoadStore.ofEquipment(types, in: window, at: call.now)) { tx in
            tx.audit(act, by: call.caller, at: call.now, ambient: call.ambient)
            return try await tx.query([
                AppointmentTypeStore.these(types), PatronStore.one(body.patient ?? .blank), ResourceStore.needed(types),
                TimetableStore.of(nil, in: window), LoadStore.ofPeople(body.patient, in: window, at: call.now),
            ])
        } answering: { answers, equipment in
            let (found, patron) = try checked(answers)
            let resources = try ResourceStore.resources(answers[2])
            let known = OpeningSearch(
                type: found[0],
                minutes: body.minutes ?? found[0].minutes,
                resources: resources,
                patron: patron,
                timetable: try TimetableStore.timetable(answers[3], location.rules),
                load: try LoadStore.load([answers[4], equipment]),
                clock: clock,
                now: call.now,
                allotments: try await AllotmentStore.read(resources, at: location, in: window, call.tenancy),
                weekdays: Set(body.weekdays),
                part: part,
                step: body.step,
                providers: Set(body.providers.map(\.resource))
            )
            return try await answer(known, found)
        }
    }

    private func answer(_ first: OpeningSearch, _ types: [AppointmentType]) async throws -> Openings {
        let further = zip(body.further, types.dropFirst()).map { part, type in
            var search = first
            search.type = type
            search.minutes = part.minutes ?? type.minutes
            search.providers = Set(part.providers.map(\.resource))
            return (search, part.within)
        }
        guard ([first] + further.map(\.0)).allSatisfy({ !$0.performers.isEmpty }) else { throw OpeningsBody.noPerformer }
        guard !further.isEmpty else {
            let all = try preferred(first.all())
            return answer(first.completed(body.order.first(body.limit, of: all)), of: all.count)
        }
        let together = BackToBackSearch([(first, 0)] + further)
        // The longest of searches: others are served meanwhile.
        let ways = try await withTaskExecutorPreference(globalConcurrentExecutor) {
            var search = together
            return try search.all()
        }
        let all = try preferred(ways)
        return answer(body.order.first(body.limit, of: all), of: all.count)
    }

    private func preferred(_ openings: [Opening]) throws(Problem) -> [Opening] {
        try body.prefer?.counted(in: openings, location.rules) ?? openings
    }

    private func answer(_ items: [Opening], of total: Int) -> Openings {
        Openings(items: items, total: total, timeZone: location.timeZone.name)
    }

    private var act: Act {
        Act("openings.find", "appointment_type", body.type, patients: body.patient.map { [$0] } ?? [])
    }

    /// The types in the order they were asked for. Errors: ids that are not here; `not_bookable` when no time would do.
    private func checked(_ answers: [Rows]) throws -> ([AppointmentType], Patron?) {
        let known = Dictionary(try answers[0].map(AppointmentTypeStore.type).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var errors: [Problem.Member] = []
        let asked = [("/type_id", body.type)] + body.further.enumerated().map { ("/then/\($0.offset)/type_id", $0.element.type) }
        let types = asked.compactMap { pointer, id in
            if known[id] == nil {
                errors.append(Problem.Member(pointer, "unknown_reference", "There is no such appointment type at this location."))
            }
            return known[id]
        }
        let patron = try answers[1].first.map(PatronStore.patron)
        if body.patient != nil, patron == nil {
            errors.append(Problem.Member("/patient_id", "unknown_reference", "There is no such patient at this location."))
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        let obstacles = types.flatMap { type in
            type.standing(for: patron)
                + (body.online && !type.online ? [Obstacle(.staffOnly, cause: type.cause, Remedy(.chooseType))] : [])
        }
        guard obstacles.isEmpty else { throw NotBookable.problem(obstacles, alternatives: [], showsAppointments: false) }
        return (types, patron)
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
                    OpeningsBody.rangeTooLong, OpeningsBody.backwards, OpeningsBody.noPerformer, OpeningsBody.tooMuch,
                    OpeningsBody.tooManyWays, NotBookable.problem, Resource.tooMany, AllotmentStore.tooMany, TimetableStore.tooMuch,
                ]
            ) { call, body in
                try await FindOpenings(body: body, location: try call.location, call: call).run()
            },
            .act(
                "/v1/organizations/{organization}/openings",
                "Finds the times at which a type can be booked at any location whose schedule the caller may see, the best first",
                .anywhere(.scheduleRead),
                body: OpeningsAnywhereBody.shape,
                answer: OpeningsAnywhere.shape,
                errors: [
                    OpeningsAnywhereBody.oneForm, OpeningsAnywhereBody.unknownName, OpeningsAnywhereBody.tooMany,
                    OpeningsAnywhereBody.rangeTooLong, OpeningsBody.backwards, OpeningsBody.tooMuch, Resource.tooMany,
                    AllotmentStore.tooMany, TimetableStore.tooMuch,
                ]
            ) { call, body in
                try await FindOpeningsAnywhere(body: body, call: call).run()
            },
        ]
    }
}
