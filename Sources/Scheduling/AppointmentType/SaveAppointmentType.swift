import Access
import Jobs
import Postgres
import Values
import Web

/// Adds an appointment type.
struct CreateAppointmentType {
    let body: CreateAppointmentTypeBody

    func run(_ work: Work) async throws -> AppointmentType {
        let type = AppointmentType(
            id: work.id(),
            name: body.name,
            minutes: body.minutes,
            bufferBefore: body.bufferBefore,
            bufferAfter: body.bufferAfter,
            needs: body.needs,
            feeCode: body.feeCode,
            leadMinutes: body.leadMinutes,
            horizonDays: body.horizonDays,
            online: body.online,
            patients: body.patients,
            performers: body.performers,
            colour: body.colour,
            deposit: body.deposit,
            preparation: body.preparation,
            forms: body.forms,
            doubleBooking: body.doubleBooking,
            lanes: body.lanes,
            seats: body.seats,
            active: true,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now,
            updatedBy: work.caller.actor.id
        )
        try type.checkPolicies()
        try await type.checkPerformers(work)
        work.audit(Act("appointment_type.create", "appointment_type", type.id))
        try await AppointmentTypeStore.named { try await work.query(AppointmentTypeStore.insert(type, by: work.caller.actor.id)) }
        return type
    }
}

/// Changes an appointment type. Appointments that were booked keep their times.
struct ChangeAppointmentType {
    let id: AppointmentTypeID
    let body: ChangeAppointmentTypeBody

    func run(_ work: Work) async throws -> AppointmentType {
        guard let row = try await work.query(AppointmentTypeStore.locked(id)).first else { throw Problem.notFound }
        let old = try AppointmentTypeStore.type(row)
        try work.expect(old.version)
        var new = old
        new.name = body.name ?? old.name
        new.minutes = body.minutes ?? old.minutes
        new.bufferBefore = body.bufferBefore ?? old.bufferBefore
        new.bufferAfter = body.bufferAfter ?? old.bufferAfter
        new.needs = body.needs ?? old.needs
        new.feeCode = body.feeCode.applied(to: old.feeCode)
        new.leadMinutes = body.leadMinutes ?? old.leadMinutes
        new.horizonDays = body.horizonDays.applied(to: old.horizonDays)
        new.online = body.online ?? old.online
        new.patients = body.patients ?? old.patients
        new.performers = body.performers ?? old.performers
        new.colour = body.colour.applied(to: old.colour)
        new.deposit = body.deposit.applied(to: old.deposit)
        new.preparation = body.preparation.applied(to: old.preparation)
        new.forms = body.forms ?? old.forms
        new.doubleBooking = body.doubleBooking ?? old.doubleBooking
        new.lanes = body.lanes ?? old.lanes
        new.seats = body.seats ?? old.seats
        new.active = body.active ?? old.active
        guard new != old else { return old }
        try new.checkPolicies()
        if new.performers != old.performers { try await new.checkPerformers(work) }
        new.version += 1
        new.updatedAt = work.now
        new.updatedBy = work.caller.actor.id
        work.audit(Act("appointment_type.change", "appointment_type", id, changed: ChangeAppointmentType.changed(old, new)))
        try await AppointmentTypeStore.named { try await work.query(AppointmentTypeStore.update(new, by: work.caller.actor.id)) }
        return new
    }

    /// The names of the members that differ.
    static func changed(_ old: AppointmentType, _ new: AppointmentType) -> [String] {
        var names: [String] = []
        if old.name != new.name { names.append("name") }
        if old.minutes != new.minutes { names.append("minutes") }
        if old.bufferBefore != new.bufferBefore { names.append("buffer_before") }
        if old.bufferAfter != new.bufferAfter { names.append("buffer_after") }
        if old.needs != new.needs { names.append("needs") }
        if old.feeCode != new.feeCode { names.append("fee_code") }
        return names + bookingRules(old, new)
    }

    private static func bookingRules(_ old: AppointmentType, _ new: AppointmentType) -> [String] {
        var names: [String] = []
        if old.leadMinutes != new.leadMinutes { names.append("lead_minutes") }
        if old.horizonDays != new.horizonDays { names.append("horizon_days") }
        if old.online != new.online { names.append("online") }
        if old.patients != new.patients { names.append("patients") }
        if old.performers != new.performers { names.append("performers") }
        if old.colour != new.colour { names.append("colour") }
        if old.deposit != new.deposit { names.append("deposit") }
        if old.preparation != new.preparation { names.append("preparation") }
        if old.forms != new.forms { names.append("forms") }
        if old.doubleBooking != new.doubleBooking { names.append("double_booking") }
        if old.lanes != new.lanes { names.append("lanes") }
        if old.seats != new.seats { names.append("seats") }
        if old.active != new.active { names.append("active") }
        return names
    }
}

extension AppointmentType {
    /// Errors: `unknown_reference` for each performer who is no provider here.
    func checkPerformers(_ work: Work) async throws {
        guard !performers.isEmpty else { return }
        let found = Set(
            try await work.query(ResourceStore.these(performers.map(\.resource))).map(ResourceStore.resource).filter {
                $0.kind == .provider
            }.map(\.id)
        )
        let errors = performers.enumerated().filter { !found.contains($0.element.resource) }.map {
            Problem.Member("/performers/\($0.offset)", "unknown_reference", "There is no such provider at this location.")
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
    }
}

extension AppointmentTypeStore {
    /// Runs a statement that gives a name, and says so when the name is taken.
    static func named(_ run: () async throws -> Rows) async throws {
        do {
            _ = try await run()
        } catch let error as PostgresError where error.constraint == "appointment_type_name" {
            throw AppointmentType.nameTaken
        }
    }
}
