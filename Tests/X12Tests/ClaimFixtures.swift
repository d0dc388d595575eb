import Testing
import Values
import X12

/// A batch that is valid, its parts to be changed.
enum Claims {
    static func day(_ text: String) throws -> Day { try #require(Day(text)) }

    static func address(_ line: String = "100 Main St", zip: String = "45209-1234") -> Address {
        Address(line1: line, city: "Cincinnati", state: "oh", zip: zip)
    }

    static func provider() throws -> BillingProvider {
        BillingProvider(
            name: .organization("Example Clinic, LLC"),
            npi: try #require(NPI("1234567893")),
            taxonomy: "207Q00000X",
            address: address(),
            taxID: .employer("51-2345678")
        )
    }

    static func doctor() throws -> IndividualProvider {
        IndividualProvider(name: PersonName(last: "Smith", first: "Adam"), npi: try #require(NPI("1992999825")), taxonomy: "207Q00000X")
    }

    static func claim(_ number: String = "PCN0001") throws -> ProfessionalClaim {
        ProfessionalClaim(
            number: number,
            billingProvider: try provider(),
            subscriber: Subscriber(
                name: PersonName(last: "Doe", first: "Jane"),
                memberID: "MEM12345",
                groupNumber: "GRP001",
                address: address("1 Elm St", zip: "45209"),
                birth: try day("1980-05-14"),
                sex: .female
            ),
            payer: ClaimPayer(name: "Synth Health Plan", id: "12345", filingIndicator: "12"),
            placeOfService: "11",
            diagnoses: ["M54.50", "Z00.0"],
            rendering: try doctor(),
            lines: [
                ServiceLine(
                    control: "L1",
                    procedure: "99213",
                    modifiers: ["25"],
                    charge: Amount(minor: 10000),
                    diagnosisPointers: [1, 2],
                    from: try day("2026-09-01")
                ),
                ServiceLine(
                    control: "L2",
                    procedure: "97110",
                    charge: Amount(minor: 5050),
                    units: 2,
                    diagnosisPointers: [1],
                    from: try day("2026-09-01")
                ),
            ]
        )
    }

    /// With everything a claim may carry.
    static func fullClaim() throws -> ProfessionalClaim {
        var claim = try claim("PCN0002")
        claim.billingProvider.contact = Contact(name: "Billing Desk", phone: "(513) 555-0100", email: "BILLING@EXAMPLE.COM")
        claim.billingProvider.payTo = address("PO Box 12")
        claim.subscriber.groupNumber = nil
        claim.subscriber.groupName = "Example Works"
        claim.patient = Dependent(
            relationship: "19",
            name: PersonName(last: "Doe", first: "René", middle: "Q", suffix: "Jr"),
            address: address("1 Elm St", zip: "45209"),
            birth: try day("2015-02-03"),
            sex: .male
        )
        claim.payer.address = Address(line1: "PO Box 900", city: "Columbus", state: "OH", zip: "432159000")
        claim.submission = .replacement(payerControl: "ICN8693123862")
        claim.onset = try day("2026-08-30")
        claim.cause = .autoAccident(on: try day("2026-08-29"), state: "KY")
        claim.patientPaid = Amount(minor: 2500)
        claim.referralNumber = "REF99"
        claim.priorAuthorization = "AUTH77"
        claim.cliaNumber = "36D1234567"
        claim.note = "Seen after a fall: left knee * see report ~ attached"
        claim.referring = IndividualProvider(name: PersonName(last: "O’Brien", first: "Zoë"), npi: try #require(NPI("1111111112")))
        claim.facility = Facility(name: "Example Surgery Center", npi: NPI("1234567893"), address: address("200 Side St"))
        claim.supervising = try doctor()
        claim.lines[0].to = try day("2026-09-02")
        claim.lines[0].note = "Two visits"
        claim.lines[1].placeOfService = "12"
        claim.lines[1].drug = Drug(ndc: "12345-6789-01", thousandths: 1500, unit: .milliliter)
        claim.lines[1].rendering = IndividualProvider(
            name: PersonName(last: "Roe", first: "Rick"),
            npi: try #require(NPI("1111111112")),
            taxonomy: "207Q00000X"
        )
        return claim
    }

    static func batch(_ claims: [ProfessionalClaim]) throws -> ClaimBatch {
        ClaimBatch(
            envelope: OutboundEnvelope(
                sender: "SYNTHCLINIC",
                receiver: "CLEARHOUSE",
                interchangeControl: 905,
                groupControl: 77,
                usage: .test,
                date: try day("2026-09-14"),
                time: try #require(TimeOfDay("08:15"))
            ),
            reference: "BATCH77",
            submitter: Submitter(name: "Example Clinic LLC", id: "SUB1", contact: Contact(name: "Billing Desk", phone: "+15135550100")),
            receiver: Receiver(name: "Synth Clearinghouse", id: "CLR1"),
            claims: claims
        )
    }
}
