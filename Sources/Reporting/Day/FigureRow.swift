import Billing
import Postgres
import Values
import Web

/// One of the rows behind a figure.
struct FigureRow: Sendable {
    enum Kind: String, Sendable, CaseIterable, Bindable, Readable {
        case encounter, appointment
        case ledgerEntry = "ledger_entry"
    }

    let id: UUID
    let kind: Kind
    let ordinal: Int
    let patient: PatientID?
    let debit: LedgerAccount?
    let credit: LedgerAccount?
    /// What it adds to the figure: 1 for what is counted, else minor units.
    let amount: Int64

    init(_ row: Row) throws {
        id = try row.value(0)
        kind = try row.value(1)
        ordinal = try row.value(2)
        patient = try row.value(3)
        debit = try row.value(4)
        credit = try row.value(5)
        amount = Int64(try row.value(6, as: Int.self))
    }

    static let shape = Shape<FigureRow>("FigureRow") {
        Field("id", \.id, .uuid)
        Field("kind", \.kind, .choice())
        Field("ordinal", \.ordinal, .int(0...1_000_000), about: "Which line of a ledger entry.")
        Field("patient_id", \.patient, .id())
        Field("debit", \.debit, .choice())
        Field("credit", \.credit, .choice())
        Field("amount", \.amount, .minor(Int64.min...Int64.max), about: "What it adds: 1 for what is counted, else minor units.")
    }
}

struct FigureQuery: Sendable {
    var figure = Figure.visits

    static let shape = Shape("FigureQuery", FigureQuery()) {
        Field("figure", \.figure, .choice(), example: .charges)
    }
}
