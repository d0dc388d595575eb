import Values

/// Loops 2000A to 2010CA: who bills, who is covered, who was treated, who pays.
extension ClaimWriter {
    /// Answers its HL01.
    mutating func writeBillingProvider(_ provider: BillingProvider) -> Int {
        let field = "billing_provider"
        level += 1
        out.segment("HL", String(level), "", "20", "1")
        if let taxonomy = provider.taxonomy { out.segment("PRV", "BI", "PXC", code("\(field).taxonomy", taxonomy, 10...10)) }
        switch provider.name {
        case .organization(let name):
            out.segment("NM1", "85", "2", words("\(field).name", name, 60), "", "", "", "", "XX", provider.npi.digits)
        case .person(let name):
            writePerson("\(field).name", "85", name, qualifier: "XX", id: provider.npi.digits)
        }
        writeAddress("\(field).address", provider.address, isBilling: true)
        switch provider.taxID {
        case .employer(let number): out.segment("REF", "EI", digits("\(field).tax_id", number, [9]))
        case .personal(let number): out.segment("REF", "SY", digits("\(field).tax_id", number, [9]))
        }
        if let contact = provider.contact { writeContact("\(field).contact", contact) }
        if let address = provider.payTo {
            out.segment("NM1", "87", provider.isPerson ? "1" : "2")
            writeAddress("\(field).pay_to", address)
        }
        return level
    }

    mutating func writeSubscriber(of claim: ProfessionalClaim, under parent: Int) {
        let subscriber = claim.subscriber
        level += 1
        let own = level
        out.segment("HL", String(own), String(parent), "22", claim.patient == nil ? "0" : "1")
        let groupNumber = identifier("subscriber.group_number", optional: subscriber.groupNumber, 1...50)
        out.segment(
            "SBR",
            claim.payer.order.rawValue,
            claim.patient == nil ? "18" : "",
            groupNumber,
            groupNumber.isEmpty ? words("subscriber.group_name", optional: subscriber.groupName, 60) : "",
            "",
            "",
            "",
            "",
            code("payer.filing_indicator", claim.payer.filingIndicator, 2...2)
        )
        let member = identifier("subscriber.member_id", subscriber.memberID, 2...80)
        writePerson("subscriber.name", "IL", subscriber.name, qualifier: "MI", id: member)
        if claim.patient == nil { writePatient(subscriber, claim) }
        writePayer(claim.payer)
        if let patient = claim.patient { writeDependent(patient, claim, under: own) }
    }

    private mutating func writePatient(_ subscriber: Subscriber, _ claim: ProfessionalClaim) {
        if let address = subscriber.address {
            writeAddress("subscriber.address", address)
        } else {
            fault("subscriber.address", "is missing: the subscriber is the patient")
        }
        if let birth = subscriber.birth, let sex = subscriber.sex {
            checkBirth("subscriber.birth", birth, claim)
            writeDemographics(birth, sex)
        } else {
            fault(subscriber.birth == nil ? "subscriber.birth" : "subscriber.sex", "is missing: the subscriber is the patient")
        }
    }

    private mutating func writePayer(_ payer: ClaimPayer) {
        let name = words("payer.name", payer.name, 60)
        out.segment("NM1", "PR", "2", name, "", "", "", "", "PI", identifier("payer.id", payer.id, 2...80))
        if let address = payer.address { writeAddress("payer.address", address) }
    }

    private mutating func writeDependent(_ patient: Dependent, _ claim: ProfessionalClaim, under parent: Int) {
        level += 1
        out.segment("HL", String(level), String(parent), "23", "0")
        out.segment("PAT", code("patient.relationship", patient.relationship, 2...2))
        writePerson("patient.name", "QC", patient.name, qualifier: "", id: "")
        writeAddress("patient.address", patient.address)
        checkBirth("patient.birth", patient.birth, claim)
        writeDemographics(patient.birth, patient.sex)
    }

    private mutating func checkBirth(_ field: String, _ birth: Day, _ claim: ProfessionalClaim) {
        if claim.lines.contains(where: { $0.from < birth }) { fault(field, "is after a day of service") }
    }
}

extension BillingProvider {
    fileprivate var isPerson: Bool {
        if case .person = name { true } else { false }
    }
}
