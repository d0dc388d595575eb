import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Removes a pack. What locations have from it stays as it is and becomes theirs: a job for each location at which it was to be applied.
struct RemoveTypePack {
    let id: TypePackID

    func run(_ work: OrganizationWork) async throws {
        let answers = try await work.query([TypePackStore.locked(id), TypePackStore.places(of: id)])
        guard let pack = try answers[0].first.map(TypePackStore.pack) else { throw Problem.notFound }
        try work.expect(pack.version)
        let places = try answers[1].map { try $0.value(0, as: LocationID.self) }
        for place in places { work.start(LeaveRemovedPacks(location: place)) }
        work.enqueue(TypePackStore.removeParts(of: id))
        work.enqueue(TypePackStore.remove(id))
        work.audit(Act("type_pack.remove", "type_pack", id, objects: places.map(\.uuid)))
    }
}

/// Makes a location's own what it has from packs that are there no more. An application that was on its way when its pack was removed starts it
/// once more.
struct LeaveRemovedPacks: Job {
    static let kind = "scheduling.leave_removed_packs"
    static let policy = JobPolicy(timeLimit: .seconds(60))

    let location: LocationID

    init(location: LocationID) {
        self.location = location
    }

    init(_ parameters: JobParameters) throws {
        location = try parameters.id("location")
    }

    var parameters: JobParameters { ["location": location] }

    func run(_ context: JobContext) async throws {
        let location = try await context.place(self.location)
        let held = try await context.tenancy.read(location, HeldTypeStore.packs).map { try $0.value(0, as: TypePackID.self) }
        guard !held.isEmpty else { return }
        // A pack that is gone never comes back.
        let rows = try await context.tenancy.organizationRead(try context.requireOrganization(), TypePackStore.present(held))
        let present = Set(try rows.map { try $0.value(0, as: TypePackID.self) })
        let gone = held.filter { !present.contains($0) }
        guard !gone.isEmpty else { return }
        _ = try await context.work("leave", at: location) { work in
            for row in try await work.query(HeldTypeStore.locked(of: gone)) {
                LeaveTypePack.release(try AppointmentTypeStore.type(row), work)
            }
        }
    }
}
