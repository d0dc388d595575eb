import Access
import Jobs
import Postgres
import Values
import Web

/// Adds an appointment type.
struct CreateAppointmentType {
    let body: TypeTemplate

    func run(_ work: Work) async throws -> AppointmentType {
        let type = AppointmentType(body, id: work.id(), at: work.now, by: work.caller.actor.id)
        try body.checkPolicies()
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
        new.template = body.applied(to: old.template)
        new.active = body.active ?? old.active
        guard new != old else { return old }
        try new.checkInheritance(from: old)
        try new.template.checkPolicies()
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
        var names = TypeAttribute.differing(old.template, new.template).map(\.rawValue)
        if old.performers != new.performers { names.append("performers") }
        if old.active != new.active { names.append("active") }
        if old.inherited != new.inherited { names.append("inherited") }
        return names
    }
}

extension AppointmentType {
    init(_ template: TypeTemplate, id: AppointmentTypeID, at now: Instant, by actor: UUID) {
        self.init(
            id: id,
            name: template.name,
            minutes: template.minutes,
            bufferBefore: template.bufferBefore,
            bufferAfter: template.bufferAfter,
            needs: template.needs,
            active: true,
            version: 1,
            createdAt: now,
            updatedAt: now,
            updatedBy: actor
        )
        self.template = template
    }

    var template: TypeTemplate {
        get {
            TypeTemplate(
                name: name,
                minutes: minutes,
                bufferBefore: bufferBefore,
                bufferAfter: bufferAfter,
                needs: needs,
                feeCode: feeCode,
                leadMinutes: leadMinutes,
                horizonDays: horizonDays,
                online: online,
                patients: patients,
                colour: colour,
                deposit: deposit,
                preparation: preparation,
                forms: forms,
                doubleBooking: doubleBooking,
                lanes: lanes,
                seats: seats,
                performers: performers
            )
        }
        set {
            name = newValue.name
            minutes = newValue.minutes
            bufferBefore = newValue.bufferBefore
            bufferAfter = newValue.bufferAfter
            needs = newValue.needs
            feeCode = newValue.feeCode
            leadMinutes = newValue.leadMinutes
            horizonDays = newValue.horizonDays
            online = newValue.online
            patients = newValue.patients
            colour = newValue.colour
            deposit = newValue.deposit
            preparation = newValue.preparation
            forms = newValue.forms
            doubleBooking = newValue.doubleBooking
            lanes = newValue.lanes
            seats = newValue.seats
            performers = newValue.performers
        }
    }

    /// Errors: `inherited`, naming each member that the pack does not leave to the location.
    func checkInheritance(from old: AppointmentType) throws(Problem) {
        guard let inherited else { return }
        let locked = TypeAttribute.differing(old.template, template).filter { !inherited.overridable.contains($0) }
        guard !locked.isEmpty else { return }
        var problem = AppointmentType.inherited
        problem.errors = locked.map { Problem.Member("/\($0.rawValue)", "inherited", "The pack does not leave this to the location.") }
        throw problem
    }

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
