import Billing
import Postgres

/// A figure of a day. Each says which rows make it, so that the number and the rows behind it cannot differ.
enum Figure: String, Sendable, CaseIterable {
    /// Encounters of the day that were not entered in error.
    case visits
    /// Appointments whose patient did not come.
    case noShows = "no_shows"
    /// Appointments of the day that were not cancelled.
    case booked
    /// What was charged, less what was taken back.
    case charges
    /// What patients and payers paid, less what was reversed.
    case payments
    /// Contractual adjustments and write-offs.
    case adjustments
    /// By how much what patients and payers owe grew.
    case receivables

    /// The accounts whose lines make the figure; nil for a figure that counts.
    var accounts: [LedgerAccount]? {
        switch self {
        case .visits, .noShows, .booked: nil
        case .charges: [.revenue]
        case .payments: [.cashInsurance, .cashPatient]
        case .adjustments: [.adjustmentsContractual, .adjustmentsWriteOff]
        case .receivables: [.receivableInsurance, .receivablePatient]
        }
    }

    /// What a line moves: revenue grows by credits, the others by debits.
    private var grows: Int { self == .charges ? -1 : 1 }

    /// What a ledger line, named `line`, adds to the figure.
    func effect(_ accounts: [LedgerAccount]) -> Statement {
        """
        (\(grows) * (case when line.debit = any(\(accounts)) then line.amount else 0 end - case when line.credit = any(\(accounts)) then line.amount else 0 end))
        """
    }
}
