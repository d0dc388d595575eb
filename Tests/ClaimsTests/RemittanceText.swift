/// An 835 for tests, written segment by segment so that its envelope adds up.
struct RemittanceText {
    struct Payment {
        var trace: String
        /// BPR02, as text.
        var amount: String
        var day = "20261102"
        var payee = "1234567893"
        var claims: [String]
        /// PLB segments.
        var adjustments: [String] = []
    }

    var payments: [Payment]
    var control = 100
    var receiver = "SUBMIT1"
    var usage = "T"

    var text: String {
        let number = String(repeating: "0", count: 9 - String(control).count) + String(control)
        func padded(_ text: String) -> String { text + String(repeating: " ", count: 15 - text.count) }
        var out = [
            "ISA*00*          *00*          *ZZ*\(padded("PAYER1"))*ZZ*\(padded(receiver))*261102*0900*^*00501*\(number)*0*\(usage)*:"
        ]
        out.append("GS*HP*PAYER1*\(receiver)*20261102*0900*\(control)*X*005010X221A1")
        for (index, payment) in payments.enumerated() {
            let st = String(1001 + index)
            var segments = [
                "ST*835*\(st)",
                "BPR*I*\(payment.amount)*C*ACH*CCP*01*111000025*DA*33445566*1512345678**01*111000012*DA*144444*\(payment.day)",
                "TRN*1*\(payment.trace)*1512345678", "DTM*405*\(payment.day)", "N1*PR*SYNTHETIC HEALTH PLAN", "N3*1 SYNTHETIC WAY",
                "N4*ANYTOWN*OH*45209",
                "PER*BL*EDI HELP*TE*8005550100", "N1*PE*EXAMPLE CLINIC*XX*\(payment.payee)", "LX*1",
            ]
            segments += payment.claims.flatMap { $0.split(separator: "\n").map(String.init) }
            segments += payment.adjustments
            segments.append("SE*\(segments.count + 1)*\(st)")
            out += segments
        }
        out += ["GE*\(payments.count)*\(control)", "IEA*1*\(number)"]
        return out.map { $0 + "~\n" }.joined()
    }

    var bytes: [UInt8] { Array(text.utf8) }

    /// CLP with one line per entry.
    static func claim(
        _ number: String,
        status: String = "1",
        charge: String,
        paid: String,
        patient: String = "",
        control: String = "ICN1",
        claimAdjustments: [String] = [],
        lines: [Line] = []
    ) -> String {
        var segments = ["CLP*\(number)*\(status)*\(charge)*\(paid)*\(patient)*12*\(control)*11*1"] + claimAdjustments.map { "CAS*\($0)" }
        segments.append("NM1*QC*1*DOE*JANE****MI*MEM1")
        for line in lines {
            segments.append("SVC*HC:\(line.code)*\(line.charge)*\(line.paid)**1")
            segments.append("DTM*472*20261001")
            segments += line.adjustments.map { "CAS*\($0)" }
            if let reference = line.reference { segments.append("REF*6R*\(reference)") }
        }
        return segments.joined(separator: "\n")
    }

    struct Line {
        var code: String
        var charge: String
        var paid: String
        var adjustments: [String] = []
        var reference: String?
    }
}
