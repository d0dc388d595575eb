import Values

/// What the payer decides on a claim: of each line it pays all but a fifth, which the contract writes off (CO-45), and of the first line all but
/// 15.00 more, which the patient pays (PR-3, co-payment).
struct DemoPayment {
    static let copayment = 15_00

    struct Line {
        let line: DemoClaim.Line
        let writtenOff: Int
        let patient: Int

        var paid: Int { line.amount - writtenOff - patient }
    }

    let claim: DemoClaim
    let name: (given: String, family: String)
    let memberID: String
    let lines: [Line]

    init(_ visit: DemoVisit) {
        claim = visit.claim
        name = visit.name
        memberID = visit.memberID
        lines = visit.claim.lines.enumerated().map { index, line in
            Line(line: line, writtenOff: line.amount / 5, patient: index == 0 ? DemoPayment.copayment : 0)
        }
    }

    var charged: Int { lines.reduce(0) { $0 + $1.line.amount } }
    var paid: Int { lines.reduce(0) { $0 + $1.paid } }
    var writtenOff: Int { lines.reduce(0) { $0 + $1.writtenOff } }
    var patient: Int { lines.reduce(0) { $0 + $1.patient } }
}

/// One 835 (005010X221A1) as the clearinghouse would send it, balanced, with right counts.
struct DemoRemittance {
    let payments: [DemoPayment]
    /// TRN02: new in every run.
    let trace: String
    /// ISA13: nine digits.
    let control: String
    let day: Day
    let time: TimeOfDay

    var amount: Int { payments.reduce(0) { $0 + $1.paid } }

    var text: String {
        let digits = String(time.description.filter { $0 != ":" })
        let group = String(Int(control) ?? 1)
        let body = transaction
        let segments =
            [
                "ISA*00*          *00*          *ZZ*\(padded("CLEARING1"))*ZZ*\(padded(DemoMasterData.submitter))*\(day.compact.dropFirst(2))*\(digits)*^*00501*\(control)*0*T*:",
                "GS*HP*CLEARING1*\(DemoMasterData.submitter)*\(day.compact)*\(digits)*\(group)*X*005010X221A1", "ST*835*0001",
            ] + body + ["SE*\(body.count + 2)*0001", "GE*1*\(group)", "IEA*1*\(control)"]
        return segments.map { $0 + "~\n" }.joined()
    }

    private var transaction: [String] {
        [
            "BPR*I*\(money(amount))*C*ACH*CCP*01*111000025*DA*33445566*1512345678**01*111000012*DA*144444*\(day.compact)",
            "TRN*1*\(trace)*1512345678", "REF*EV*\(DemoMasterData.submitter)", "DTM*405*\(day.compact)", "N1*PR*SUNRISE HEALTH PLAN",
            "N3*1 SYNTHETIC WAY",
            "N4*ANYTOWN*OH*45209", "PER*BL*EDI HELP*TE*8005550100", "N1*PE*HARBOR FAMILY HEALTH LLC*XX*\(DemoMasterData.groupNPI)", "LX*1",
        ] + payments.enumerated().flatMap(claim)
    }

    private func claim(_ index: Int, _ payment: DemoPayment) -> [String] {
        [
            "CLP*\(payment.claim.number)*1*\(money(payment.charged))*\(money(payment.paid))*\(money(payment.patient))*12*\(trace)\(index + 1)*11*1",
            "NM1*QC*1*\(payment.name.family.uppercased())*\(payment.name.given.uppercased())****MI*\(payment.memberID)",
        ]
            + payment.lines.flatMap { line -> [String] in
                ["SVC*HC:\(line.line.code)*\(money(line.line.amount))*\(money(line.paid))**1", "DTM*472*\(day.compact)"]
                    + (line.writtenOff > 0 ? ["CAS*CO*45*\(money(line.writtenOff))"] : [])
                    + (line.patient > 0 ? ["CAS*PR*3*\(money(line.patient))"] : []) + ["REF*6R*\(line.line.control)"]
            }
    }

    private func padded(_ text: String) -> String { text + String(repeating: " ", count: max(0, 15 - text.count)) }
}
