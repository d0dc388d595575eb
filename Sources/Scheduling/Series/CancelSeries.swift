import Access
import Jobs
import Postgres
import Values

/// Cancels this occurrence, this and the following, or all that are not over: two flights, however many.
struct CancelSeries {
    let id: SeriesID
    let body: CancelSeriesBody
    /// A cancellation less than so many hours before the start is late.
    let lateWithinHours: Int

    func run(_ work: Work) async throws -> SeriesEdit {
        let ordinals = try body.scope.ordinals()
        let answers = try await work.query([SeriesStore.locked(id), AppointmentStore.locked(SeriesStore.appointments(id, ordinals))])
        guard var series = try answers[0].first.map(SeriesStore.series) else { throw Problem.notFound }
        try work.expect(series.version)
        let open = try answers[1].map(AppointmentStore.appointment).filter {
            $0.startsAt > work.now && Appointment.Step.cancel.allowed.contains($0.status)
        }
        guard !open.isEmpty else { throw SeriesScope.nothingLeft }
        for old in open {
            var new = old
            new.status = try old.status(after: .cancel)
            new.set(.cancel, at: work.now)
            new.cancelReason = body.reason
            new.cancelNote = body.note
            new.cancelledLate = old.startsAt.seconds(since: work.now) < Int64(lateWithinHours) * 3600
            new.version += 1
            new.updatedAt = work.now
            work.enqueue(OccupancyStore.free(old.id))
            work.enqueue(AppointmentStore.update(new, by: work.caller.actor.id))
            work.record(Appointment.Step.cancel.rawValue, from: old, to: new)
            work.tell(new.event("appointment.cancelled"))
        }
        series.version += 1
        series.updatedAt = work.now
        work.enqueue(SeriesStore.update(series, by: work.caller.actor.id))
        work.audit(
            Act("series.cancel", "series", id, patients: [series.patient], changed: ["status"], objects: open.map(\.id.uuid))
        )
        return SeriesEdit(series: series, changed: open.map(\.id), left: [])
    }
}
