public import Postgres

/// The accounts that money moves between. A closed list: a balance is the sum of the lines that name it.
public enum LedgerAccount: String, Sendable, CaseIterable, Bindable, Readable {
    case receivableInsurance = "receivable:insurance"
    case receivablePatient = "receivable:patient"
    case revenue
    case adjustmentsContractual = "adjustments:contractual"
    case adjustmentsWriteOff = "adjustments:writeoff"
    case cashInsurance = "cash:insurance"
    case cashPatient = "cash:patient"
    case unappliedPatient = "unapplied:patient"
}
