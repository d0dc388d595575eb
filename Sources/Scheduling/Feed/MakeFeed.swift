import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

struct MakeFeedBody: Sendable {
    var provider: ProviderID?
    var patient: PatientID?

    static let shape = Shape("MakeCalendarFeed", MakeFeedBody()) {
        Field("provider_id", \.provider, .id(), null: false, about: "Either this or patient_id.")
        Field("patient_id", \.patient, .id(), null: false)
    }

    static let oneOwner = Problem.invalid("one_owner", "Send either provider_id or patient_id.")
}

/// Makes a link. Only its hash is kept; the link itself is in the answer and nowhere else. It shows appointments to whoever has it: nobody
/// makes one who may not see them.
struct MakeFeed {
    let body: MakeFeedBody

    func run(_ work: Work) async throws -> MadeFeedLink {
        guard (body.provider == nil) != (body.patient == nil) else { throw MakeFeedBody.oneOwner }
        try allow(work)
        let answers = try await work.query([PatronStore.one(body.patient ?? .blank), ProviderStore.one(body.provider ?? .blank)])
        let patron = try answers[0].first.map(PatronStore.patron)
        if body.patient != nil, patron == nil {
            throw Problem.invalid("/patient_id", "unknown_reference", "There is no such patient at this location.")
        }
        if body.provider != nil, answers[1].first == nil {
            throw Problem.invalid("/provider_id", "unknown_reference", "There is no such provider at this location.")
        }
        let link = FeedLink(
            id: work.id(),
            provider: body.provider,
            patient: patron?.id,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        let token = PlacedToken(.feed, at: work.location.id, work.ambient)
        work.enqueue(FeedStore.insert(link, token.hash, by: work.caller.actor.id))
        work.audit(Act("feed.make", "calendar_feed", link.id, patients: patron.map { [$0.id] } ?? []))
        return MadeFeedLink(link: link, token: token)
    }

    /// A provider's link shows names from the moment on when the location wants that, whoever made it. Errors: `permission_denied`.
    private func allow(_ work: Work) throws(Problem) {
        let needed: [Permission] = body.provider == nil ? [.appointmentsRead] : [.appointmentsRead, .patientsRead]
        for permission in needed where !work.caller.may(permission, at: work.location) { throw permission.denied }
    }
}

/// From now on the link finds nothing. Revoking it again changes nothing.
struct RevokeFeed {
    let id: CalendarFeedID

    func run(_ work: Work) async throws {
        guard var link = try await work.query(FeedStore.locked(id)).first.map(FeedStore.link) else { throw Problem.notFound }
        guard link.revokedAt == nil else { return }
        link.revokedAt = work.now
        link.version += 1
        link.updatedAt = work.now
        work.enqueue(FeedStore.revoke(link, by: work.caller.actor.id))
        work.audit(Act("feed.revoke", "calendar_feed", id, patients: link.patient.map { [$0] } ?? []))
    }
}
