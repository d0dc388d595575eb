import Values

/// Loops 2300 to 2420: the claim and its lines.
extension ClaimWriter {
    /// Answers the claim's total.
    mutating func writeBody(of claim: ProfessionalClaim, number: String) -> Amount {
        if !(1...50).contains(claim.lines.count) { fault("lines", "must be 1 to 50") }
        let sum = Amount.sum(claim.lines.map(\.charge))
        let charge = sum ?? .zero
        if sum == nil { fault("lines", "charge more than can be counted") }
        let place = SegmentWriter.composite([code("place_of_service", claim.placeOfService, 2...2), "B", claim.submission.frequency])
        out.segment(
            "CLM",
            number,
            amount("lines", charge),
            "",
            "",
            place,
            claim.hasProviderSignature ? "Y" : "N",
            claim.assignment.rawValue,
            claim.benefitsAreAssigned ? "Y" : "N",
            claim.release.rawValue,
            "",
            cause(claim.cause)
        )
        writeDate("431", claim.onset)
        writeDate("439", claim.cause?.day)
        writeDate("435", claim.admitted)
        writeDate("096", claim.discharged)
        if let paid = claim.patientPaid { out.segment("AMT", "F5", amount("patient_paid", paid)) }
        writeReference("9F", "referral_number", claim.referralNumber)
        writeReference("G1", "prior_authorization", claim.priorAuthorization)
        if let control = claim.submission.payerControl { out.segment("REF", "F8", identifier("submission.payer_control", control, 1...50)) }
        writeReference("X4", "clia_number", claim.cliaNumber)
        writeNote("note", claim.note)
        writeDiagnoses(claim.diagnoses)
        if let referring = claim.referring { writeProvider("referring", "DN", referring) }
        if let rendering = claim.rendering { writeProvider("rendering", "82", rendering, withTaxonomy: true) }
        if let facility = claim.facility { writeFacility(facility) }
        if let supervising = claim.supervising { writeProvider("supervising", "DQ", supervising) }
        var controls: Set<String> = []
        for (index, line) in claim.lines.enumerated() {
            writeLine(line, index, of: claim)
            if !controls.insert(line.control).inserted { fault("lines[\(index)].control", "occurs twice in the claim") }
        }
        return charge
    }

    private mutating func cause(_ cause: ProfessionalClaim.RelatedCause?) -> String {
        switch cause {
        case .autoAccident(_, let state):
            if !PostalCode.isState(state.uppercased()) { fault("cause.state", "is not a state of the United States") }
            return SegmentWriter.composite(["AA", "", "", state.uppercased()])
        case .otherAccident: return "OA"
        case .employment: return "EM"
        case nil: return ""
        }
    }

    private mutating func writeNote(_ field: String, _ note: String?) {
        let text = words(field, optional: note, 80)
        if !text.isEmpty { out.segment("NTE", "ADD", text) }
    }

    private mutating func writeDiagnoses(_ diagnoses: [String]) {
        if !(1...12).contains(diagnoses.count) { fault("diagnoses", "must be 1 to 12") }
        var codes: [String] = []
        for (index, diagnosis) in diagnoses.enumerated() {
            let field = "diagnoses[\(index)]"
            let code = code(field, String(decoding: diagnosis.utf8.filter { $0 != Byte.point }, as: UTF8.self), 3...7)
            if codes.contains(code) { fault(field, "occurs twice") }
            codes.append(code)
        }
        let elements = codes.enumerated().map { SegmentWriter.composite([$0.offset == 0 ? "ABK" : "ABF", $0.element]) }
        if !elements.isEmpty { out.segment("HI", elements.joined(separator: "*")) }
    }

    private mutating func writeFacility(_ facility: Facility) {
        let npi = facility.npi?.digits ?? ""
        out.segment("NM1", "77", "2", words("facility.name", facility.name, 60), "", "", "", "", npi.isEmpty ? "" : "XX", npi)
        writeAddress("facility.address", facility.address)
    }

    private mutating func writeLine(_ line: ServiceLine, _ index: Int, of claim: ProfessionalClaim) {
        let field = "lines[\(index)]"
        out.segment("LX", String(index + 1))
        var procedure = ["HC", code("\(field).procedure", line.procedure, 5...5)]
        if line.modifiers.count > 4 { fault("\(field).modifiers", "are more than four") }
        if Set(line.modifiers).count < line.modifiers.count { fault("\(field).modifiers", "hold one twice") }
        for modifier in line.modifiers { procedure.append(code("\(field).modifiers", modifier, 2...2)) }
        if line.units < 1 || line.units > 99_999 { fault("\(field).units", "must be from 1 to 99999") }
        let place = line.placeOfService.map { code("\(field).place_of_service", $0, 2...2) } ?? ""
        out.segment(
            "SV1",
            SegmentWriter.composite(procedure),
            amount("\(field).charge", line.charge),
            line.countsMinutes ? "MJ" : "UN",
            String(line.units),
            place == claim.placeOfService ? "" : place,
            "",
            pointers("\(field).diagnosis_pointers", line.diagnosisPointers, diagnoses: claim.diagnoses.count)
        )
        writeServiceDate(field, line)
        out.segment("REF", "6R", matchable("\(field).control", line.control, 1...30, alsoHyphens: true))
        writeNote("\(field).note", line.note)
        if let drug = line.drug { writeDrug("\(field).drug", drug) }
        if let rendering = line.rendering { writeProvider("\(field).rendering", "82", rendering, withTaxonomy: true) }
    }

    private mutating func pointers(_ field: String, _ pointers: [Int], diagnoses: Int) -> String {
        if !(1...4).contains(pointers.count) { fault(field, "must be 1 to 4") }
        if !pointers.allSatisfy({ $0 >= 1 && $0 <= diagnoses }) { fault(field, "name a diagnosis that the claim does not have") }
        if Set(pointers).count < pointers.count { fault(field, "hold one twice") }
        return SegmentWriter.composite(pointers.map(String.init))
    }

    private mutating func writeServiceDate(_ field: String, _ line: ServiceLine) {
        guard let to = line.to, to != line.from else {
            writeDate("472", line.from)
            return
        }
        if to < line.from { fault("\(field).to", "is before the first day of service") }
        out.segment("DTP", "472", "RD8", "\(line.from.compact)-\(to.compact)")
    }

    private mutating func writeDrug(_ field: String, _ drug: Drug) {
        out.segment("LIN", "", "N4", digits("\(field).ndc", drug.ndc, [11]))
        if drug.thousandths < 1 { fault("\(field).thousandths", "must be more than zero") }
        let whole = drug.thousandths / 1000
        var decimals = padded(drug.thousandths % 1000, 3)
        while decimals.hasSuffix("0") { decimals.removeLast() }
        out.segment("CTP", "", "", "", decimals.isEmpty ? String(whole) : "\(whole).\(decimals)", drug.unit.rawValue)
    }
}

extension ProfessionalClaim.Submission {
    var frequency: String {
        switch self {
        case .original: "1"
        case .replacement: "7"
        case .void: "8"
        }
    }

    var payerControl: String? {
        switch self {
        case .original: nil
        case .replacement(let control), .void(let control): control
        }
    }
}

extension ProfessionalClaim.RelatedCause {
    var day: Day? {
        switch self {
        case .autoAccident(let day, _), .otherAccident(let day): day
        case .employment(let day): day
        }
    }
}
