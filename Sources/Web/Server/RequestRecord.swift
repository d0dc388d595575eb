import Access
import Postgres
import Tenancy
import Values

extension Responder {
    /// Counts an answer and writes its line.
    func finish(_ trace: Trace, _ reply: Reply, _ start: ContinuousClock.Instant, _ now: Instant) {
        let duration = (ContinuousClock.now - start).components
        let microseconds = Int(duration.seconds) * 1_000_000 + Int(duration.attoseconds / 1_000_000_000_000)
        let flights = (admission: trace.admission.count, work: trace.work.count)
        metrics.requests.record(
            trace.route,
            status: reply.status,
            microseconds: microseconds,
            flights: flights.admission + flights.work
        )
        var entry = AccessLog.Entry(
            requestID: trace.requestID,
            method: trace.head.method,
            route: trace.route,
            status: reply.status,
            microseconds: microseconds,
            bytes: reply.body.count,
            admissionFlights: flights.admission,
            flights: flights.work
        )
        switch trace.place {
        case .location(let location): (entry.location, entry.organization) = (location.id.uuid, location.organization.uuid)
        case .organization(let organization): entry.organization = organization.uuid
        case .account: entry.organization = trace.caller?.organization?.uuid
        }
        entry.actor = trace.caller?.actor.id
        entry.actorKind = trace.caller?.actor.kind.rawValue
        entry.source = trace.source
        entry.userAgent = trace.head.userAgent
        entry.code = trace.code
        log.append(entry, at: now)
    }
}
