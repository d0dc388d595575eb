import Access
import Jobs
import Postgres
import Values

/// Completes a visit: the appointment is closed, what happened becomes an encounter, one per appointment.
struct CompleteAppointment {
    let id: AppointmentID
    let body: CompleteAppointmentBody

    func run(_ work: Work) async throws -> Encounter {
        let diagnoses = try body.checkedDiagnoses()
        let answers = try await work.query([AppointmentStore.locked(id), EncounterStore.context(of: id)])
        guard let row = answers[0].first, let context = answers[1].first else { throw Problem.notFound }
        let old = try AppointmentStore.appointment(row)
        try work.expect(old.version)
        let (npi, taxonomy, feeCode) = try context.decode((String?, String?, String?).self)
        var new = old
        new.status = try old.status(after: .complete)
        try old.isTime(for: .complete, at: work.now)
        new.completedAt = work.now
        new.closedAt = work.now
        new.version += 1
        new.updatedAt = work.now
        let encounter = Encounter(
            id: work.id(),
            appointment: id,
            patient: old.patient,
            provider: old.provider,
            providerName: old.providerName,
            providerNPI: npi.flatMap { NPI($0) },
            providerTaxonomy: taxonomy,
            serviceDay: old.day,
            startedAt: old.arrivedAt ?? min(old.startsAt, work.now),
            endedAt: work.now,
            diagnoses: diagnoses,
            procedures: body.procedures ?? feeCode.map { [Procedure(code: $0, diagnosisPointers: diagnoses.isEmpty ? [] : [1])] } ?? [],
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        let actor = work.caller.actor.id
        work.enqueue(AppointmentStore.update(new, by: actor))
        work.record("complete", from: old, to: new)
        work.enqueue(EncounterStore.insert(encounter, by: actor))
        work.audit(
            Act("appointment.complete", "appointment", id, patients: [old.patient], changed: ["status"], objects: [encounter.id.uuid])
        )
        work.tell(new.event("appointment.completed"))
        work.tell(
            Event("encounter.created", ["encounter": encounter.id, "appointment": id, "patient": old.patient, "day": encounter.serviceDay])
        )
        return encounter
    }
}
