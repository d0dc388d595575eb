import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Puts a patient on the waitlist.
struct CreateWaitlistEntry {
    let body: CreateWaitlistBody
    let call: Call

    func run(_ work: Work) async throws -> WaitlistEntry {
        let patron = try await WaitlistEntry.known(body.patient, body.types, body.providers, work)
        var entry = WaitlistEntry(
            id: work.id(),
            patient: patron ?? body.patient,
            types: body.types,
            providers: body.providers,
            windows: body.windows,
            urgency: body.urgency,
            releasesLater: body.releasesLater,
            note: body.note,
            status: .waiting,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        try entry.check()
        if let named = body.elsewhere { try await entry.give(up: named, call, work) }
        work.enqueue(WaitlistStore.insert(entry, by: work.caller.actor.id))
        work.audit(Act("waitlist.add", "waitlist_entry", entry.id, patients: [entry.patient]))
        return entry
    }
}

/// Changes what somebody waits for. Offers that are open stay.
struct ChangeWaitlistEntry {
    let id: WaitlistEntryID
    let body: ChangeWaitlistBody
    let call: Call

    func run(_ work: Work) async throws -> WaitlistEntry {
        guard let old = try await work.query(WaitlistStore.locked(id)).first.map(WaitlistStore.entry) else { throw Problem.notFound }
        try work.expect(old.version)
        guard old.status == .waiting else { throw WaitlistEntry.notWaiting }
        var new = old
        new.types = body.types ?? old.types
        new.providers = body.providers ?? old.providers
        new.windows = body.windows ?? old.windows
        new.urgency = body.urgency ?? old.urgency
        new.releasesLater = body.releasesLater ?? old.releasesLater
        new.note = body.note.applied(to: old.note)
        switch body.elsewhere {
        case .keep: break
        case .clear: (new.elsewhere, new.elsewhereBy) = (nil, nil)
        case .set(let named): try await new.give(up: named, call, work)
        }
        guard new != old else { return old.shown(to: work.caller, in: work.location.organization) }
        try new.check()
        if body.types != nil || body.providers != nil { _ = try await WaitlistEntry.known(nil, new.types, new.providers, work) }
        new.version += 1
        new.updatedAt = work.now
        work.enqueue(WaitlistStore.update(new, by: work.caller.actor.id))
        work.audit(Act("waitlist.change", "waitlist_entry", id, patients: [old.patient]))
        return new.shown(to: work.caller, in: work.location.organization)
    }
}

/// Takes somebody off the waitlist. The row stays: what was offered refers to it. What is offered to them now ends.
struct RemoveWaitlistEntry {
    let id: WaitlistEntryID

    func run(_ work: Work) async throws {
        guard var entry = try await work.query(WaitlistStore.locked(id)).first.map(WaitlistStore.entry) else { throw Problem.notFound }
        try work.expect(entry.version)
        guard entry.status == .waiting else { throw WaitlistEntry.notWaiting }
        entry.status = .removed
        entry.version += 1
        entry.updatedAt = work.now
        work.enqueue(WaitlistStore.update(entry, by: work.caller.actor.id))
        work.start(EndOffers(entry: id))
        work.audit(Act("waitlist.remove", "waitlist_entry", id, patients: [entry.patient]))
    }
}

extension WaitlistEntry {
    /// Errors: as `NameElsewhere`.
    fileprivate mutating func give(up named: AppointmentElsewhere, _ call: Call, _ work: Work) async throws {
        elsewhereBy = try await NameElsewhere(named: named, patient: patient, call: call).run(work)
        elsewhere = named
    }

    /// The chart that is meant. Errors: `unknown_reference` for each id that is not here.
    static func known(_ patient: PatientID?, _ types: [AppointmentTypeID], _ providers: [ProviderID], _ work: Work) async throws
        -> PatientID?
    {
        let answers = try await work.query([
            PatronStore.one(patient ?? .blank), AppointmentTypeStore.these(types), ResourceStore.these(providers.map(\.resource)),
        ])
        let patron = try answers[0].first.map(PatronStore.patron)
        let knownTypes = Set(try answers[1].map(AppointmentTypeStore.type).map(\.id))
        let knownProviders = Set(try answers[2].map(ResourceStore.resource).filter { $0.kind == .provider }.map(\.id))
        var errors: [Problem.Member] = []
        func miss(_ pointer: String, _ detail: String) { errors.append(Problem.Member(pointer, "unknown_reference", detail)) }
        if patient != nil, patron == nil { miss("/patient_id", "There is no such patient at this location.") }
        for (index, type) in types.enumerated() where !knownTypes.contains(type) {
            miss("/type_ids/\(index)", "There is no such appointment type at this location.")
        }
        for (index, provider) in providers.enumerated() where !knownProviders.contains(provider.resource) {
            miss("/provider_ids/\(index)", "There is no such provider at this location.")
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        return patron?.id
    }
}
