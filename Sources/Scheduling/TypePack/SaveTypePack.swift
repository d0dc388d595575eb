import Access
import Jobs
import Postgres
import Tenancy
import Values
import Web

/// Adds a pack. Nothing changes at any location before it is applied.
struct CreateTypePack {
    let body: TypePackBody

    func run(_ work: OrganizationWork) async throws -> TypePack {
        let pack = TypePack(
            id: work.id(),
            name: body.name,
            currency: body.currency,
            entries: body.entries,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        try pack.check()
        work.audit(Act("type_pack.create", "type_pack", pack.id))
        try await TypePackStore.named {
            try await work.query(TypePackStore.insert(pack, of: work.organization, by: work.caller.actor.id))
        }
        return pack
    }
}

/// Changes a pack. Locations have what was applied until it is applied again.
struct ChangeTypePack {
    let id: TypePackID
    let body: ChangeTypePackBody

    func run(_ work: OrganizationWork) async throws -> TypePack {
        guard let row = try await work.query(TypePackStore.locked(id)).first else { throw Problem.notFound }
        let old = try TypePackStore.pack(row)
        try work.expect(old.version)
        var new = old
        new.name = body.name ?? old.name
        new.currency = body.currency.applied(to: old.currency)
        new.entries = body.entries ?? old.entries
        var changed: [String] = []
        if new.name != old.name { changed.append("name") }
        if new.currency != old.currency { changed.append("currency") }
        if new.entries != old.entries { changed.append("entries") }
        guard !changed.isEmpty else { return old }
        try new.check()
        new.version += 1
        new.updatedAt = work.now
        let update = TypePackStore.update(new, by: work.caller.actor.id)
        work.audit(Act("type_pack.change", "type_pack", id, changed: changed))
        try await TypePackStore.named { try await work.query(update) }
        return new
    }
}

/// Starts the application of a pack: a job for each location, in control's queue with effects at the location.
struct StartTypePackApplication {
    let pack: TypePackID
    let body: ApplyTypePackBody

    /// Errors: `not_found`; `unknown_reference` for each location at which the caller may not change types.
    func run(_ work: OrganizationWork) async throws -> TypePackApplication {
        let mine = work.caller.locations(with: .scheduleManage, in: work.organization)
        let answers = try await work.query([TypePackStore.kept(pack), TypePackStore.locations(body.locations, within: mine)])
        guard !answers[0].isEmpty else { throw Problem.notFound }
        let found = Set(try answers[1].map { try $0.value(0, as: LocationID.self) })
        let errors = body.locations.enumerated().filter { !found.contains($0.element) }.map {
            Problem.Member("/location_ids/\($0.offset)", "unknown_reference", TypePackApplication.foreignLocation)
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        let application = TypePackApplication(
            id: work.id(),
            pack: pack,
            adopt: body.adopt,
            createdAt: work.now,
            parts: body.locations.map { TypePackPart(location: $0) }
        )
        for location in body.locations {
            let job = work.start(ApplyTypePack(application: application.id, location: location))
            work.enqueue(TypePackStore.insert(location, of: application, job: job, in: work.organization, by: work.caller.actor.id))
        }
        work.audit(Act("type_pack.start", "type_pack", pack, objects: body.locations.map(\.uuid)))
        return application
    }
}

extension TypePackStore {
    /// Runs a statement that gives a name, and says so when the name is taken.
    static func named(_ run: () async throws -> Rows) async throws {
        do {
            _ = try await run()
        } catch let error as PostgresError where error.constraint == "type_pack_name" {
            throw TypePack.nameTaken
        }
    }
}
