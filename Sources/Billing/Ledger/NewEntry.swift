public import Values

/// One movement of money, from the account credited to the account debited. It cannot be unbalanced.
public struct Transfer: Sendable, Hashable {
    public let debit: LedgerAccount
    public let credit: LedgerAccount
    /// Minor units of the location's currency, more than zero.
    public let amount: Int64
    public let patient: PatientID?
    public let charge: ChargeID?
    public let claim: ClaimID?
    public let payer: PayerID?

    public init(
        debit: LedgerAccount,
        credit: LedgerAccount,
        amount: Int64,
        patient: PatientID? = nil,
        charge: ChargeID? = nil,
        claim: ClaimID? = nil,
        payer: PayerID? = nil
    ) {
        self.debit = debit
        self.credit = credit
        self.amount = amount
        self.patient = patient
        self.charge = charge
        self.claim = claim
        self.payer = payer
    }

    /// The movement that undoes this one.
    public var reversed: Transfer {
        Transfer(debit: credit, credit: debit, amount: amount, patient: patient, charge: charge, claim: claim, payer: payer)
    }
}

/// An entry of the ledger before it is posted: why, when, and what moves.
public struct NewEntry: Sendable {
    /// Why: `charge`, `payment`, `claim`, `remittance`, `reversal`, `writeoff`.
    public let kind: String
    /// The day it counts for, on the location's calendar.
    public let day: Day
    /// What caused it; the same cause posts once (`ledger_entry_once`).
    public let source: (kind: String, id: UUID)
    public let ordinal: Int
    public let reverses: LedgerEntryID?
    public let reason: String?
    public let transfers: [Transfer]

    public init(
        kind: String,
        day: Day,
        source: (kind: String, id: UUID),
        ordinal: Int = 0,
        reverses: LedgerEntryID? = nil,
        reason: String? = nil,
        transfers: [Transfer]
    ) {
        self.kind = kind
        self.day = day
        self.source = source
        self.ordinal = ordinal
        self.reverses = reverses
        self.reason = reason
        self.transfers = transfers
    }
}
