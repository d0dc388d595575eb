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
            active: true,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
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
        guard work.expectedVersion == nil || work.expectedVersion == old.version else { throw Problem.stale }
        var new = old
        new.name = body.name ?? old.name
        new.minutes = body.minutes ?? old.minutes
        new.bufferBefore = body.bufferBefore ?? old.bufferBefore
        new.bufferAfter = body.bufferAfter ?? old.bufferAfter
        new.needs = body.needs ?? old.needs
        new.feeCode = body.feeCode.applied(to: old.feeCode)
        new.active = body.active ?? old.active
        guard new != old else { return old }
        new.version += 1
        new.updatedAt = work.now
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
        if old.active != new.active { names.append("active") }
        return names
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
