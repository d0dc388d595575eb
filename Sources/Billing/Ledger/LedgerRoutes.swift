import Access
import Patients
import Postgres
import Tenancy
import Values
import Web

/// What a patient owes, and what the patient's payers do.
struct Balance: Sendable {
    let patient: PatientID
    let owedByPatient: Int64
    let owedByPayers: Int64
    let unapplied: Int64
    let currency: Currency

    static let shape = Shape<Balance>("Balance") {
        Field("patient_id", \.patient, .id())
        Field("owed_by_patient", \.owedByPatient, .minor(), about: "Minor units. Less than zero: a credit.")
        Field("owed_by_payers", \.owedByPayers, .minor())
        Field("unapplied", \.unapplied, .minor(), about: "Paid and not yet applied to a charge.")
        Field("currency", \.currency, .currency)
    }
}

/// A line of the ledger as a biller reads it: what moved, when, and what caused it.
struct LedgerLine: Sendable {
    let entry: LedgerEntryID
    let ordinal: Int
    let kind: String
    let day: Day
    let debit: LedgerAccount
    let credit: LedgerAccount
    let amount: Int64
    let charge: ChargeID?
    let claim: ClaimID?
    let sourceKind: String
    let source: UUID
    let reverses: LedgerEntryID?
    let postedAt: Instant

    init(_ row: Row) throws {
        entry = try row.value(0)
        ordinal = try row.value(1)
        kind = try row.value(2)
        day = try row.value(3)
        debit = try row.value(4)
        credit = try row.value(5)
        amount = Int64(try row.value(6, as: Int.self))
        charge = try row.value(7)
        claim = try row.value(8)
        sourceKind = try row.value(9)
        source = try row.value(10)
        reverses = try row.value(11)
        postedAt = try row.value(12)
    }

    static let shape = Shape<LedgerLine>("LedgerLine") {
        Field("entry_id", \.entry, .id())
        Field("ordinal", \.ordinal, .int(0...1_000_000))
        Field("kind", \.kind, .text(1...40), example: "charge")
        Field("day", \.day, .day)
        Field("debit", \.debit, .choice())
        Field("credit", \.credit, .choice())
        Field("amount", \.amount, .minor())
        Field("charge_id", \.charge, .id())
        Field("claim_id", \.claim, .id())
        Field("source_kind", \.sourceKind, .text(1...40), about: "What caused the entry.")
        Field("source_id", \.source, .uuid)
        Field("reverses", \.reverses, .id())
        Field("posted_at", \.postedAt, .instant)
    }
}

struct LedgerRoutes {
    var routes: [Route] {
        [
            .get(
                "/v1/locations/{location}/patients/{patient}/balance",
                "Says what a patient owes; it is the sum of the patient's ledger lines",
                .permission(.ledgerRead),
                answer: Balance.shape
            ) { call in
                let patient = try call.path.id("patient", PatientID.self)
                let select = LedgerStore.balance(of: patient)
                guard let row = try await call.read(select, ReadAct("ledger.balance", "patient", patients: .same)).first else {
                    throw Problem.notFound
                }
                let (id, owedByPatient, owedByPayers, unapplied) = try row.decode((PatientID, Int, Int, Int).self)
                return Balance(
                    patient: id,
                    owedByPatient: Int64(owedByPatient),
                    owedByPayers: Int64(owedByPayers),
                    unapplied: Int64(unapplied),
                    currency: try call.location.currency
                )
            },
            .list(
                "/v1/locations/{location}/patients/{patient}/ledger",
                "Lists a patient's ledger lines, newest first",
                .permission(.ledgerRead),
                item: LedgerLine.shape
            ) { call, page in
                let patient = try call.path.id("patient", PatientID.self)
                let after = try page.after.map {
                    (instant: try $0.instant(0), id: try $0.id(1, LedgerEntryID.self), ordinal: try $0.int(2))
                }
                let select = LedgerStore.lines(of: patient, after: after, limit: page.fetch)
                let lines = try await call.read(select, ReadAct("ledger.list", "ledger_entry", patients: .one(patient))).map(
                    LedgerLine.init
                )
                if lines.isEmpty { try await RequirePatient(patient).run(call) }
                return page.page(lines) { [.instant($0.postedAt), .id($0.entry), .int($0.ordinal)] }
            },
        ]
    }
}
