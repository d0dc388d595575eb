public import Values

/// One payment of a payer with its explanation: an ST 835. Read it with `RemittanceFile` or `RemittanceReader`.
public struct Remittance: Hashable, Sendable {
    public let interchange: Interchange
    /// GS06.
    public let groupControl: String
    /// ST02.
    public let control: String
    /// ST03, else GS08.
    public let version: String
    /// Where its ST stands.
    public let position: Position
    public internal(set) var payment = Payment()
    public internal(set) var trace = Trace()
    public internal(set) var payer = Party()
    public internal(set) var payee = Party()
    /// Empty when read with `RemittanceReader`, which hands claims over one by one.
    public internal(set) var claims: [RemittanceClaim] = []
    public internal(set) var providerAdjustments: [ProviderAdjustment] = []
    public internal(set) var balance = Balance()
    /// Its own findings, those of its claims included.
    public internal(set) var findings: [Finding] = []
    /// The SE came.
    public internal(set) var isComplete = false
    var hasPayment = false
    var worst = Finding.Severity.note

    /// The payment is what claims and provider adjustments say it is.
    public var isBalanced: Bool { balance.isBalanced }

    /// Nothing in this remittance forbids posting it; single claims may still be held. The file must be postable as well.
    public var isPostable: Bool { isComplete && isBalanced && worst < .refusesRemittance }
}

/// BPR.
public struct Payment: Hashable, Sendable {
    /// BPR01: `I` remittance, `H` notification only, `C`, `D`…
    public internal(set) var handling = ""
    /// BPR02.
    public internal(set) var amount = Amount.zero
    /// BPR03: `C` or `D`.
    public internal(set) var creditDebit = ""
    /// BPR04: `ACH`, `CHK`, `NON`, `FWT`, `BOP`.
    public internal(set) var method = ""
    /// BPR16 as sent.
    public internal(set) var dateText = ""

    /// BPR16; nil when it is no date.
    public var date: Day? { Day(compact: dateText) }
}

/// TRN: what ties the remittance to the deposit.
public struct Trace: Hashable, Sendable {
    /// TRN02, the cheque or EFT number.
    public internal(set) var number = ""
    /// TRN03, `1` and the payer's tax id.
    public internal(set) var payerID = ""
    /// TRN04.
    public internal(set) var supplement = ""
}

/// A name with an identifier: payer, payee, provider, plan.
public struct Party: Hashable, Sendable {
    public internal(set) var name = ""
    /// `XX` NPI, `FI` tax id, `PI` payer id…
    public internal(set) var idQualifier = ""
    public internal(set) var id = ""
    public internal(set) var references: [Reference] = []
}

/// REF.
public struct Reference: Hashable, Sendable {
    public let qualifier: String
    public let value: String
}

/// AMT, for example `AU` coverage amount, `I` interest, `B6` allowed.
public struct QualifiedAmount: Hashable, Sendable {
    public let qualifier: String
    public let amount: Amount
}

/// One pair of a PLB. A positive amount lowers the payment.
public struct ProviderAdjustment: Hashable, Sendable {
    public let provider: String
    /// CCYYMMDD as sent.
    public let fiscalYearEnd: String
    /// `WO`, `FB`, `L6`, `72`, `CS`…
    public let code: String
    public let reference: String
    public let amount: Amount
    public let position: Position
}

/// What the claims of a remittance add up to, and what the payment should be: BPR02 = sum of CLP04 - sum of PLB.
public struct Balance: Hashable, Sendable {
    public internal(set) var payment = Amount.zero
    public internal(set) var claims = 0
    public internal(set) var lines = 0
    public internal(set) var unbalancedClaims = 0
    public internal(set) var unbalancedLines = 0
    var charges = Tally()
    var payments = Tally()
    var responsibilities = Tally()
    var claimCAS = Tally()
    var lineCAS = Tally()
    var provider = Tally()

    public var charge: Amount { charges.total }
    public var paid: Amount { payments.total }
    public var patientResponsibility: Amount { responsibilities.total }
    public var claimAdjustments: Amount { claimCAS.total }
    public var lineAdjustments: Amount { lineCAS.total }
    public var providerAdjustments: Amount { provider.total }
    public var expectedPayment: Amount { expected.total }

    /// Payment less expected payment.
    public var difference: Amount { offBy.total }

    /// A sum left the range of Int64: nothing here can be relied on.
    public var overflowed: Bool {
        offBy.overflowed || charges.overflowed || responsibilities.overflowed || claimCAS.overflowed || lineCAS.overflowed
    }

    public var isBalanced: Bool { !overflowed && difference == .zero }

    private var expected: Tally {
        var tally = payments
        tally.subtract(provider)
        return tally
    }

    private var offBy: Tally {
        var tally = Tally()
        tally.add(payment)
        tally.subtract(expected)
        return tally
    }
}
