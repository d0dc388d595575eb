import Access
import Billing
import Jobs
import Postgres
import Tenancy
import Values
import X12

/// An invoice and a claim for each of some encounters; what cannot be claimed becomes a problem of the run.
struct MakeClaimsOfEncounters {
    let run: BillingRunID
    let party: BillingParty?

    func run(_ work: Work, _ candidates: [Candidate], _ step: inout RunStep) async throws {
        guard !candidates.isEmpty else { return }
        let drafts = try await drafts(work, candidates, &step)
        let owed = try await owedByInsurers(work, drafts)
        var patients: Set<PatientID> = []
        var made: [ClaimID] = []
        for draft in drafts {
            if try await IssueInvoice().run(work, encounter: draft.material.encounter) != nil { step.invoices += 1 }
            guard try await insert(draft, work) else { continue }
            move(draft, owed, work)
            step.claims += 1
            step.total += draft.total
            patients.insert(draft.material.patientID)
            made.append(draft.id)
        }
        guard !made.isEmpty else { return }
        work.audit(Act("claim.make", "billing_run", run, patients: patients.sorted(), objects: made.map(\.uuid)))
    }

    /// The claims that X12 can carry: they are written once on trial, so that a claim is made only when it can be sent.
    private func drafts(_ work: Work, _ candidates: [Candidate], _ step: inout RunStep) async throws -> [Draft] {
        let rows = try await work.query(ClaimMaterialStore.charges(candidates.map(\.material.encounter)))
        let charges = Dictionary(grouping: try rows.map { try ClaimMaterialStore.charge($0, of: Entity.Encounter.self) }, by: \.owner)
        var drafts: [Draft] = []
        for candidate in candidates {
            var material = candidate.material
            material.lines = charges[material.encounter]?.map(\.charge) ?? []
            do throws(Unclaimable) {
                guard let party else { throw .noBillingEntity }
                drafts.append(try Draft(id: work.id(), material: material, party: party))
            } catch {
                step.problems.append(RunProblem(encounter: material.encounter, code: error.rawValue, detail: error.detail))
            }
        }
        guard let party, !drafts.isEmpty else { return drafts }
        let faults = ClaimTrial(party: party).faults(of: drafts.map(\.claim), at: work.location.rules.wallClock(at: work.now))
        return drafts.filter { draft in
            guard let fault = faults[draft.claim.number] ?? faults[""] else { return true }
            step.problems.append(RunProblem(encounter: draft.material.encounter, code: "not_writable", detail: fault))
            return false
        }
    }

    /// False when another run claimed the encounter in the meantime.
    private func insert(_ draft: Draft, _ work: Work) async throws -> Bool {
        guard let coverage = draft.material.coverage, let party else { return false }
        let new = NewClaim(
            id: draft.id,
            number: draft.claim.number,
            patient: draft.material.patientID,
            encounter: draft.material.encounter,
            coverage: coverage.id,
            payer: coverage.payer.id,
            payerOrder: coverage.priority,
            billingEntity: party.id,
            run: run,
            total: draft.total
        )
        guard try await work.query(ClaimStore.insert(new, at: work.now, by: work.caller.actor.id)).affected == 1 else { return false }
        for line in draft.material.lines {
            work.enqueue(ClaimStore.insert(line, control: ClaimNumber.line(line.ordinal, of: new.number), of: new.id))
        }
        return true
    }
}

extension MakeClaimsOfEncounters {
    /// What the ledger says insurers owe for each charge already.
    private func owedByInsurers(_ work: Work, _ drafts: [Draft]) async throws -> [ChargeID: Int64] {
        let charges = drafts.flatMap { $0.material.lines.map(\.id) }
        guard !charges.isEmpty else { return [:] }
        let rows = try await work.query(ClaimMaterialStore.owedByInsurers(charges)).decode((ChargeID, Int64).self)
        return Dictionary(rows.map { ($0.0, $0.1) }, uniquingKeysWith: +)
    }

    /// What is claimed is owed by the insurer from now on, no longer by the patient.
    private func move(_ draft: Draft, _ owed: [ChargeID: Int64], _ work: Work) {
        let transfers = draft.material.lines.compactMap { line -> Transfer? in
            let amount = line.amount - (owed[line.id] ?? 0)
            guard amount > 0 else { return nil }
            return Transfer(
                debit: .receivableInsurance,
                credit: .receivablePatient,
                amount: amount,
                patient: draft.material.patientID,
                charge: line.id,
                claim: draft.id,
                payer: draft.material.coverage?.payer.id
            )
        }
        guard !transfers.isEmpty else { return }
        PostEntry().run(work, NewEntry(kind: "claim", day: work.today, source: ("claim", draft.id.uuid), transfers: transfers))
    }
}

/// A claim that is about to be made.
struct Draft: Sendable {
    let id: ClaimID
    let material: ClaimMaterial
    let claim: ProfessionalClaim
    let total: Int64

    init(id: ClaimID, material: ClaimMaterial, party: BillingParty) throws(Unclaimable) {
        self.id = id
        self.material = material
        claim = try material.claim(number: ClaimNumber.of(id), from: party)
        total = material.total ?? 0
    }
}

/// Writes claims on trial and says of each what is wrong with it.
struct ClaimTrial {
    let party: BillingParty

    /// The first fault of each claim by its number; under "" what is wrong with them all.
    func faults(of claims: [ProfessionalClaim], at wallClock: (day: Day, time: TimeOfDay)) -> [String: String] {
        let batch = ClaimBatch(
            envelope: party.envelope(control: 1, at: wallClock),
            reference: "TRIAL",
            submitter: party.submitter,
            receiver: Receiver(name: party.receiverName, id: party.receiverID),
            claims: claims
        )
        do {
            _ = try batch.write()
            return [:]
        } catch {
            return Dictionary(error.faults.map { ($0.claim ?? "", "\($0.field) \($0.reason)") }, uniquingKeysWith: { first, _ in first })
        }
    }
}
