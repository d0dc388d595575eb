public import Values

/// One adjudicated claim of a remittance: CLP and what follows it.
public struct RemittanceClaim: Hashable, Sendable {
    /// 1 for the first claim of its ST: with trace and claim number the key of its posting.
    public let ordinal: Int
    /// Where its CLP stands.
    public let position: Position
    /// CLP01: our CLM01, as far as the payer kept it.
    public internal(set) var number = ""
    /// CLP02: `1`, `2`, `3` processed (not: paid), `4`, `19`… forwarded, `22` reversal, `25` predetermination.
    public internal(set) var status = ""
    /// CLP03.
    public internal(set) var charge = Amount.zero
    /// CLP04, negative when money is taken back.
    public internal(set) var paid = Amount.zero
    /// CLP05.
    public internal(set) var patientResponsibility = Amount.zero
    /// CLP06.
    public internal(set) var filingIndicator = ""
    /// CLP07, the payer's own number of the claim.
    public internal(set) var payerControl = ""
    /// CLP08.
    public internal(set) var facility = ""
    /// CLP09.
    public internal(set) var frequency = ""
    /// DTM*232 and 233.
    public internal(set) var serviceFrom: Day?
    public internal(set) var serviceTo: Day?
    /// DTM*050.
    public internal(set) var received: Day?
    /// Of MIA and MOA.
    public internal(set) var remarkCodes: [String] = []
    public internal(set) var references: [Reference] = []
    public internal(set) var amounts: [QualifiedAmount] = []
    /// CAS of the claim itself; those of lines are in the lines.
    public internal(set) var adjustments: [Adjustment] = []
    public internal(set) var lines: [RemittanceLine] = []
    /// Level two: charge less all adjustments less paid; zero when the claim balances.
    public internal(set) var difference = Amount.zero
    /// Level one: the lines, counted from 1, whose charge less adjustments is not what was paid.
    public internal(set) var unbalancedLines: [Int] = []
    public internal(set) var findings: [Finding] = []

    var statesResponsibility = false
    var people: [Person] = []

    static let none = RemittanceClaim(ordinal: 0, position: Position(interchange: 0, segment: 0))

    init(ordinal: Int, position: Position) {
        self.ordinal = ordinal
        self.position = position
    }

    public var patient: Person? { person("QC") }
    public var insured: Person? { person("IL") }
    /// NM1*74: the payer corrects who is insured. A task for a person, never a silent change.
    public var corrected: Person? { person("74") }
    public var rendering: Person? { person("82") }
    /// NM1*TT: the plan the claim was forwarded to; its name is `last`.
    public var crossover: Person? { person("TT") }

    private func person(_ entity: String) -> Person? { people.last { $0.entity == entity } }

    public var isReversal: Bool { status == "22" }
    /// Another payer has it now: do not bill that payer again.
    public var isForwarded: Bool { status == "19" || status == "20" || status == "21" || status == "23" }
    public var isPredetermination: Bool { status == "25" }

    /// Levels one and two hold.
    public var isBalanced: Bool { difference == .zero && unbalancedLines.isEmpty }

    /// Nothing forbids posting this claim, if its remittance and file may be posted.
    public var isPostable: Bool { isBalanced && !findings.contains { $0.severity >= .holdsClaim } }

    /// Those of the claim, then those of its lines.
    public var allAdjustments: [Adjustment] { adjustments + lines.flatMap(\.adjustments) }
}

/// One service of an adjudicated claim: SVC and what follows it.
public struct RemittanceLine: Hashable, Sendable {
    public let position: Position
    /// SVC01: what the payer paid for.
    public internal(set) var procedure = Procedure()
    /// SVC02.
    public internal(set) var charge = Amount.zero
    /// SVC03.
    public internal(set) var paid = Amount.zero
    /// SVC04.
    public internal(set) var revenueCode = ""
    /// SVC05 as sent; empty means 1.
    public internal(set) var units = ""
    /// SVC06: what we sent, when the payer changed it.
    public internal(set) var submittedProcedure: Procedure?
    /// SVC07.
    public internal(set) var submittedUnits = ""
    /// REF*6R: our number of the line; empty when the payer did not return it.
    public internal(set) var control = ""
    /// DTM*472, or 150 and 151.
    public internal(set) var serviceFrom: Day?
    public internal(set) var serviceTo: Day?
    public internal(set) var adjustments: [Adjustment] = []
    public internal(set) var references: [Reference] = []
    /// `B6` is the allowed amount.
    public internal(set) var amounts: [QualifiedAmount] = []
    /// LQ*HE.
    public internal(set) var remarkCodes: [String] = []

    static let none = RemittanceLine(position: Position(interchange: 0, segment: 0))

    init(position: Position) {
        self.position = position
    }
}

/// One reason of a CAS: why charge and payment differ. Charge less adjustments is the payment, so a reversal's are negative.
public struct Adjustment: Hashable, Sendable {
    /// `CO` provider, `PR` patient, `OA` other, `PI` payer initiated; `CR` in old files.
    public let group: String
    /// CARC, for example `45`.
    public let reason: String
    public let amount: Amount
    /// As sent, usually empty.
    public let quantity: String
    public let position: Position
}

/// A procedure code with its kind and modifiers.
public struct Procedure: Hashable, Sendable {
    /// `HC` HCPCS and CPT, `AD` dental, `NU` revenue code, `N4` drug…
    public internal(set) var qualifier = ""
    public internal(set) var code = ""
    public internal(set) var modifiers: [String] = []
}

/// A person, or an organization by its `last` name, as NM1 names them.
public struct Person: Hashable, Sendable {
    /// NM101: `QC` patient, `IL` insured…
    public let entity: String
    public let last: String
    public let first: String
    public let middle: String
    public let suffix: String
    /// `MI` member id, `XX` NPI…
    public let idQualifier: String
    public let id: String
}
