import Access
import Crypto
import Jobs
import Postgres
import Tenancy
import Values
import X12

/// Puts the claims of a run into files. May be killed anywhere: which claims are in which file is written before a file is made, and what was
/// kept of a file is never made again.
struct FileClaims: JobDescription {
    static let kind = "claims.file"
    static let policy = JobPolicy(timeLimit: .seconds(3600), maximumRunningPerLocation: 2)

    let run: BillingRunID

    init(run: BillingRunID) {
        self.run = run
    }

    init(_ parameters: JobParameters) throws {
        run = try parameters.id("billing_run")
    }

    var parameters: JobParameters { ["billing_run": run] }
}

/// Runs `FileClaims`.
struct ClaimFiling: Sendable {
    let settings: ClaimsSettings
    let keys: KeyRing
    let objects: ObjectStore

    func run(_ job: FileClaims, _ context: JobContext) async throws {
        let location = try context.requireLocation()
        try await plan(job.run, location, context)
        while true {
            let files = try await context.tenancy.read(location, ClaimFileStore.planned(of: job.run)).map(ClaimFileStore.file)
            if files.isEmpty { break }
            for file in files {
                try context.checkLease()
                try await fill(file, location, context)
            }
        }
        _ = try await context.work("finished") { work in
            work.enqueue(BillingRunStore.finish(job.run, at: work.now, by: work.caller.actor.id))
            work.audit(Act("billing_run.finish", "billing_run", job.run))
        }
    }

    /// Takes every waiting claim into a file of its billing entity and payer.
    private func plan(_ run: BillingRunID, _ location: Location, _ context: JobContext) async throws {
        let groups = try await context.tenancy.read(location, ClaimFileStore.waiting(for: run)).decode((BillingEntityID, PayerID, Int).self)
        for (entity, payer, count) in groups {
            guard let party = try await party(entity, of: location.organization, context) else { continue }
            let files = (count + settings.claimsPerFile - 1) / settings.claimsPerFile
            for control in try await ControlNumberStore.lease(files, for: party, of: location.organization, tenancy: context.tenancy) {
                _ = try await context.work("plan \(entity) \(control)") { work in
                    let id = work.id(ClaimFileID.self)
                    let file = ClaimFile(
                        id: id,
                        run: run,
                        billingEntity: entity,
                        payer: payer,
                        control: control,
                        name: ClaimFile.name(of: id),
                        state: .planned,
                        claims: 0,
                        createdAt: work.now
                    )
                    work.enqueue(ClaimFileStore.insert(file, by: work.caller.actor.id))
                    work.enqueue(ClaimFileStore.take(into: file, limit: settings.claimsPerFile))
                    work.enqueue(ClaimFileStore.recount(id))
                }
            }
        }
    }

    /// Makes a file's bytes, once.
    private func fill(_ file: ClaimFile, _ location: Location, _ context: JobContext) async throws {
        var bytes = try await objects.bytes(of: location.id.uuid, file.id.uuid)
        if bytes == nil {
            guard let written = try await write(file, location, context) else {
                _ = try await context.work("empty \(file.id)") { work in work.enqueue(ClaimFileStore.emptied(file.id)) }
                return
            }
            try await route(file, location, context)
            try context.checkLease()
            try await objects.keep(written, of: location.id.uuid, as: file.id.uuid)
            bytes = try await objects.bytes(of: location.id.uuid, file.id.uuid)
        }
        guard let bytes else { throw FileFault("read", 2) }
        let digest = Array(SHA256.hash(data: bytes))
        _ = try await context.work("made \(file.id)") { work in
            let patients = try await work.query(ClaimFileStore.patients(of: file.id)).map { try $0.value(0, as: PatientID.self) }
            work.enqueue(ClaimFileStore.keep(file.id, sha256: digest, size: bytes.count, at: work.now, by: work.caller.actor.id))
            work.enqueue(ClaimFileStore.made(file.id))
            work.audit(Act("claim_file.make", "claim_file", file.id, patients: patients))
            work.tell(Event("claim_file.made", ["claim_file": file.id, "billing_run": file.run]))
        }
    }

    /// The bytes; claims that cannot be written leave the file and become problems of the run. nil when none is left.
    private func write(_ file: ClaimFile, _ location: Location, _ context: JobContext) async throws -> [UInt8]? {
        guard let party = try await party(file.billingEntity, of: location.organization, context) else {
            throw JobDecision.dead("billing_entity_gone")
        }
        // Twice: what is wrong is found at once, so the second time all that is left can be written.
        for attempt in 1...2 {
            var refused: [String: RunProblem] = [:]
            var claims: [ProfessionalClaim] = []
            var encounters: [String: EncounterID] = [:]
            for (number, material) in try await materials(of: file, location, context) {
                encounters[number] = material.encounter
                do throws(Unclaimable) {
                    claims.append(try material.claim(number: number, from: party))
                } catch {
                    refused[number] = RunProblem(encounter: material.encounter, code: error.rawValue, detail: error.detail)
                }
            }
            if !claims.isEmpty {
                do {
                    let written = try batch(claims, of: file, party, location).write()
                    if refused.isEmpty { return written.bytes }
                } catch {
                    for fault in error.faults {
                        guard let number = fault.claim, let encounter = encounters[number] else {
                            throw JobDecision.dead("billing_entity_not_writable")
                        }
                        refused[number] = RunProblem(encounter: encounter, code: "not_writable", detail: "\(fault.field) \(fault.reason)")
                    }
                }
            }
            if encounters.isEmpty { return nil }
            let (numbers, problems) = (Array(refused.keys), Array(refused.values))
            _ = try await context.work("drop \(file.id) \(attempt) \(numbers.count) of \(encounters.count)") { work in
                work.enqueue(ClaimFileStore.drop(numbers, from: file.id))
                work.enqueue(ClaimFileStore.recount(file.id))
                work.enqueue(BillingRunStore.add(problems, to: file.run))
            }
            if numbers.count == encounters.count { return nil }
        }
        throw JobDecision.snooze(.seconds(5))
    }

    private func batch(_ claims: [ProfessionalClaim], of file: ClaimFile, _ party: BillingParty, _ location: Location) -> ClaimBatch {
        ClaimBatch(
            envelope: party.envelope(control: file.control, at: location.rules.wallClock(at: file.createdAt)),
            reference: file.reference,
            submitter: party.submitter,
            receiver: Receiver(name: party.receiverName, id: party.receiverID),
            claims: claims
        )
    }

    private func materials(of file: ClaimFile, _ location: Location, _ context: JobContext) async throws -> [(
        number: String, material: ClaimMaterial
    )] {
        var all: [(number: String, material: ClaimMaterial)] = []
        var seen: ClaimID?
        repeat {
            let rows = try await context.tenancy.read(
                location,
                ClaimMaterialStore.claims(of: file.id, after: seen, limit: ClaimFiling.page)
            )
            var part: [(id: ClaimID, number: String, material: ClaimMaterial)] = []
            for row in rows {
                var columns = Columns(row)
                let (id, number): (ClaimID, String) = (try columns.next(), try columns.next())
                let (encounter, day, diagnoses): (EncounterID, Day, [String]) = (try columns.next(), try columns.next(), try columns.next())
                part.append(
                    (id, number, try ClaimMaterialStore.material(encounter, day, diagnoses, &columns, at: location.id, keys: keys))
                )
            }
            seen = part.last?.id
            guard seen != nil else { break }
            let lines = try await context.tenancy.read(location, ClaimMaterialStore.lines(part.map(\.id)))
            let byClaim = Dictionary(grouping: try lines.map { try ClaimMaterialStore.charge($0, of: Entity.Claim.self) }, by: \.owner)
            for var entry in part {
                entry.material.lines = byClaim[entry.id]?.map(\.charge) ?? []
                all.append((entry.number, entry.material))
            }
            if rows.count < ClaimFiling.page { break }
        } while true
        return all
    }

    /// Says in control which location each claim belongs to, before anybody outside can have its number.
    private func route(_ file: ClaimFile, _ location: Location, _ context: JobContext) async throws {
        var seen = ""
        while true {
            let numbers = try await context.tenancy.read(location, ClaimFileStore.numbers(of: file.id, after: seen, limit: 1_000)).map {
                try $0.value(0, as: String.self)
            }
            guard let last = numbers.last else { return }
            let ours: Int = try await context.tenancy.organization(location.organization) { tx in
                tx.enqueue(ClaimRouteStore.insert(numbers, at: location.id, of: location.organization, from: file.billingEntity))
                return try await tx.query(ClaimRouteStore.count(numbers, at: location.id)).first?.value(0) ?? 0
            }
            guard ours == numbers.count else { throw JobDecision.dead("claim_number_taken") }
            seen = last
        }
    }

    private func party(_ id: BillingEntityID, of organization: OrganizationID, _ context: JobContext) async throws -> BillingParty? {
        let rows = try await context.tenancy.organizationRead(organization, BillingPartyStore.one(id))
        return try rows.first.map { try BillingPartyStore.party($0, of: organization, keys: keys) }
    }

    private static let page = 500
}
