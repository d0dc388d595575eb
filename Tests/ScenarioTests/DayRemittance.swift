import Values

/// The payer's 835 over several claims: a fifth of each line is written off (CO-45); of a claim's first line the patient pays 15.00 (PR-3).
struct DayRemittance {
    let visits: [ClinicDay.Visit]
    let day: Day
    let trace: String

    var text: String {
        let claims = visits.flatMap(claim)
        let paid = visits.reduce(0) { $0 + DayRemittance.paid($1.lines) }
        let body =
            [
                "ST*835*0001",
                "BPR*I*\(decimal(paid))*C*ACH*CCP*01*111000025*DA*33445566*1512345678**01*111000012*DA*144444*\(day.compact)",
                "TRN*1*\(trace)*1512345678", "DTM*405*\(day.compact)", "N1*PR*SUNRISE HEALTH PLAN", "N3*1 SYNTHETIC WAY",
                "N4*ANYTOWN*OH*45209",
                "PER*BL*EDI HELP*TE*8005550100", "N1*PE*HARBOR CLINICS LLC*XX*1234567893", "LX*1",
            ] + claims
        let segments =
            [
                "ISA*00*          *00*          *ZZ*CLEARING1      *ZZ*HARBOR1        *\(day.compact.dropFirst(2))*0900*^*00501*000000100*0*T*:",
                "GS*HP*CLEARING1*HARBOR1*\(day.compact)*0900*100*X*005010X221A1",
            ] + body + ["SE*\(body.count + 1)*0001", "GE*1*100", "IEA*1*000000100"]
        return segments.map { $0 + "~\n" }.joined()
    }

    static func charged(_ lines: [JSON]) -> Int { lines.reduce(0) { $0 + ($1["amount"]?.integer ?? 0) } }
    static func paid(_ lines: [JSON]) -> Int { lines.reduce(0) { $0 + ($1["amount"]?.integer ?? 0) * 4 / 5 } - 15_00 }

    private func claim(_ visit: ClinicDay.Visit) -> [String] {
        let (charged, paid) = (DayRemittance.charged(visit.lines), DayRemittance.paid(visit.lines))
        return [
            "CLP*\(visit.number)*1*\(decimal(charged))*\(decimal(paid))*15.00*12*ICN\(visit.number)*11*1",
            "NM1*QC*1*LOVELACE*ADA****MI*W123456789",
        ]
            + visit.lines.enumerated().flatMap { index, line -> [String] in
                let (amount, copayment) = (line["amount"]?.integer ?? 0, index == 0 ? 15_00 : 0)
                return [
                    "SVC*HC:\(line["code"]?.text ?? "")*\(decimal(amount))*\(decimal(amount * 4 / 5 - copayment))**1",
                    "DTM*472*\(day.compact)",
                    "CAS*CO*45*\(decimal(amount / 5))",
                ] + (copayment > 0 ? ["CAS*PR*3*\(decimal(copayment))"] : []) + ["REF*6R*\(line["control_number"]?.text ?? "")"]
            }
    }

    private func decimal(_ minor: Int) -> String { "\(minor / 100).\(minor % 100 < 10 ? "0" : "")\(minor % 100)" }
}
