import Access
public import Jobs
import Postgres
import Tenancy
public import Values

/// Prices what was done in a visit and posts it: each charge once (`charge_once`), with its ledger entry.
struct PostCharges {
    let encounter: EncounterID

    /// No fee schedule in force on the day has the code: nothing is posted until one does.
    static let feeMissing = "fee_missing"

    /// The amounts posted, in minor units; empty when the visit has nothing to charge.
    func run(_ work: Work) async throws -> [Charge] {
        guard let row = try await work.query(ChargeStore.visit(encounter)).first else { throw Problem.notFound }
        let (patient, provider, day, json, feeCode, diagnoses) = try row.decode((PatientID, ProviderID, Day, String, String?, Int).self)
        var procedures = try Procedure.all(json: json)
        if procedures.isEmpty, let feeCode {
            procedures = [Procedure(code: feeCode, modifiers: [], units: 1, pointers: diagnoses > 0 ? [1] : [])]
        }
        guard !procedures.isEmpty else { return [] }
        // Charged by another try in the meantime.
        guard try await work.query(ChargeStore.of(encounter)).isEmpty else { return [] }
        let prices = try await work.query(FeeStore.prices(of: procedures.map(\.code), on: day)).decode((String, Int).self)
        let priceOf = Dictionary(prices.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
        var charges: [Charge] = []
        for (index, procedure) in procedures.enumerated() {
            guard let price = priceOf[procedure.code] else { throw JobDecision.dead(PostCharges.feeMissing) }
            let amount = try Money(minor: Int64(price), work.location.currency).times(procedure.units).minor
            charges.append(
                Charge(
                    id: work.id(),
                    encounter: encounter,
                    ordinal: index + 1,
                    patient: patient,
                    provider: provider,
                    day: day,
                    code: procedure.code,
                    modifiers: procedure.modifiers,
                    pointers: procedure.pointers,
                    units: procedure.units,
                    amount: amount,
                    version: 1
                )
            )
        }
        for charge in charges { post(charge, work) }
        work.audit(Act("charges.post", "encounter", encounter, patients: [patient], objects: charges.map(\.id.uuid)))
        work.tell(Event("charge.posted", ["encounter": encounter, "day": day]))
        return charges
    }

    private func post(_ charge: Charge, _ work: Work) {
        work.enqueue(ChargeStore.insert(charge, at: work.now, by: work.caller.actor.id))
        guard charge.amount > 0 else { return }
        PostEntry().run(
            work,
            NewEntry(
                kind: "charge",
                day: charge.day,
                source: ("charge", charge.id.uuid),
                transfers: [
                    Transfer(debit: .receivablePatient, credit: .revenue, amount: charge.amount, patient: charge.patient, charge: charge.id)
                ]
            )
        )
    }
}

/// The job that a completed visit starts; a billing run starts it again for a visit that has no charges.
public struct ChargeVisit: Job {
    public static let kind = "billing.charge_visit"
    public static let policy = JobPolicy(timeLimit: .seconds(30))

    let encounter: EncounterID

    public init(encounter: EncounterID) {
        self.encounter = encounter
    }

    public init(_ parameters: JobParameters) throws {
        encounter = try parameters.id("encounter")
    }

    public var parameters: JobParameters { ["encounter": encounter] }

    public func run(_ context: JobContext) async throws {
        _ = try await context.work("charge") { work in try await PostCharges(encounter: encounter).run(work) }
    }
}
