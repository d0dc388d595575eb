import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Applies a pack, as it is when its turn comes, at one location. It acts as the person who asked, with their rights of now; killed anywhere it
/// is simply run again.
struct ApplyTypePack: Job {
    static let kind = "scheduling.apply_type_pack"
    static let policy = JobPolicy(timeLimit: .seconds(60), authority: .delegated(.scheduleManage))

    let application: TypePackApplicationID
    let location: LocationID

    init(application: TypePackApplicationID, location: LocationID) {
        self.application = application
        self.location = location
    }

    init(_ parameters: JobParameters) throws {
        application = try parameters.id("application")
        location = try parameters.id("location")
    }

    var parameters: JobParameters { ["application": application, "location": location] }

    func run(_ context: JobContext) async throws {
        let organization = try context.requireOrganization()
        let location = try await context.place(self.location)
        // The job is the organization's: that the right is held here is for us to see.
        guard context.caller.may(.scheduleManage, at: location) else { throw JobDecision.discard("authority_lost") }
        let rows = try await context.tenancy.organizationRead(organization, TypePackStore.part(of: application, at: self.location))
        guard let row = rows.first else {
            // Killed after the types were made, and the pack was removed since.
            try await LeaveRemovedPacks(location: self.location).run(context)
            throw JobDecision.discard("application_gone")
        }
        let pack = try TypePackStore.pack(row)
        let (adopt, isDone) = (try row.value(7, as: Bool.self), try row.value(8, as: Bool.self))
        guard !isDone else { return }
        _ = try await context.work("version \(pack.version)", at: location) { work in try await apply(pack, adopt: adopt, work) }
        // Looked at afterwards, so that a run that was killed in between says the same.
        let held = try await context.tenancy.read(location, HeldTypeStore.concerned(by: pack)).map(HeldTypeStore.held)
        let refused = Inheritance(pack, in: location.currency, held: held, adopt: adopt).refused
        _ = try await context.organizationWork("applied") { work in
            let applied = try await work.query(
                TypePackStore.applied(application, at: location.id, version: pack.version, refused: refused, now: work.now)
            )
            // The pack was removed meanwhile, perhaps after its types here were left to the location.
            guard applied.affected == 1 else {
                work.start(LeaveRemovedPacks(location: location.id))
                return
            }
            work.audit(Act("type_pack.apply", "type_pack", pack.id, objects: [location.id.uuid]))
        }
    }

    private func apply(_ pack: TypePack, adopt: Bool, _ work: Work) async throws {
        let held = try await work.query(HeldTypeStore.locked(by: pack)).map(HeldTypeStore.held)
        // Another application read the pack later and was faster: tried again, this one reads it anew.
        guard !held.contains(where: { $0.type.inherited?.pack == pack.id && $0.type.inherited?.version ?? 0 > pack.version }) else {
            throw Problem.conflict("newer_version_applied", "A newer version of the pack was applied in the meantime.")
        }
        let inheritance = Inheritance(pack, in: work.location.currency, held: held, adopt: adopt)
        for step in inheritance.steps { write(step, inheritance, work) }
        for type in inheritance.released {
            LeaveTypePack.release(type, work)
        }
    }

    private func write(_ step: Inheritance.Step, _ inheritance: Inheritance, _ work: Work) {
        let actor = work.caller.actor.id
        switch step {
        case .make(let entry, let template):
            let type = AppointmentType(template, id: work.id(), at: work.now, by: actor)
            work.enqueue(AppointmentTypeStore.insert(type, by: actor))
            work.enqueue(HeldTypeStore.inherit(type.id, inheritance.inherited(entry), entry.template))
            work.audit(Act("appointment_type.create", "appointment_type", type.id))
        case .change(let old, let entry, let template):
            var new = old.type
            new.template = template
            new.inherited = inheritance.inherited(entry)
            new.version += 1
            new.updatedAt = work.now
            work.enqueue(AppointmentTypeStore.update(new, by: actor))
            work.enqueue(HeldTypeStore.inherit(new.id, inheritance.inherited(entry), entry.template))
            let changed = ChangeAppointmentType.changed(old.type, new)
            work.audit(Act("appointment_type.change", "appointment_type", new.id, changed: changed))
        }
    }
}
