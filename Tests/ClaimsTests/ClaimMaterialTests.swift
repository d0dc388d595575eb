import Patients
import TestSupport
import Testing
import Values
import X12

@testable import Claims

@Suite("A claim from what the tables hold")
struct ClaimMaterialTests {
    private let party = BillingParty(
        id: BillingEntityID(UUID(high: 5, low: 5)),
        name: "Harbor Clinics LLC",
        npi: "1234567893",
        taxID: "123456789",
        taxonomy: "261QP2300X",
        street: "12 River Street",
        city: "Albany",
        region: "NY",
        postalCode: "122071234",
        contactName: "Grace Hill",
        contactPhone: "+15185550123",
        submitterID: "HARBOR1",
        receiverID: "CLEARING1",
        receiverName: "Clearing House",
        testMode: true
    )

    private func person(_ given: String, birth: Day? = Day("1990-04-01")) -> ChartPerson {
        var address = ChartAddress()
        (address.street, address.city, address.region, address.postalCode) = ("5 Lake Road", "Albany", "NY", "12207")
        return ChartPerson(
            id: PersonID(UUID(high: 6, low: 6)),
            givenName: given,
            familyName: "Lovelace",
            birthDate: birth,
            sex: .female,
            address: address
        )
    }

    private func material(
        relationship: Coverage.Relationship = .itself,
        memberID: String? = "W123456",
        active: Bool = true,
        diagnoses: [String] = ["J02.9"],
        npi: String? = "1003000126",
        birth: Day? = Day("1990-04-01"),
        amount: Int64 = 100_00,
        isPerson: Bool = true
    ) throws -> ClaimMaterial {
        ClaimMaterial(
            encounter: EncounterID(UUID(high: 7, low: 7)),
            serviceDay: try #require(Day("2026-10-05")),
            diagnoses: diagnoses,
            patientID: PatientID(UUID(high: 8, low: 8)),
            patient: isPerson ? person("Ada", birth: birth) : nil,
            coverage: CoverageOfClaim(
                id: CoverageID(UUID(high: 9, low: 9)),
                priority: 1,
                memberID: memberID,
                groupNumber: "G1",
                relationship: relationship,
                subscriber: relationship == .itself ? person("Ada", birth: birth) : person("George"),
                payer: PayerOfClaim(
                    id: PayerID(UUID(high: 10, low: 10)),
                    name: "Sunrise Health Plan",
                    code: "SUN01",
                    filingIndicator: "CI",
                    street: nil,
                    city: nil,
                    region: nil,
                    postalCode: nil,
                    active: active
                )
            ),
            provider: ProviderOfClaim(givenName: "Robin", familyName: "Lane", npi: npi, taxonomy: "207Q00000X"),
            lines: [
                ChargeOfClaim(
                    id: ChargeID(UUID(high: 11, low: 1)),
                    ordinal: 1,
                    code: "99213",
                    modifiers: ["25"],
                    pointers: [1],
                    units: 1,
                    amount: amount
                ),
                ChargeOfClaim(
                    id: ChargeID(UUID(high: 11, low: 2)),
                    ordinal: 2,
                    code: "87880",
                    modifiers: [],
                    pointers: [],
                    units: 2,
                    amount: 0
                ),
            ]
        )
    }

    @Test("the patient who is the subscriber stands in the subscriber's loop, with address and birth")
    func subscriber() throws {
        let claim = try material().claim(number: "ABCDEFGHIJKLMNOP", from: party)
        #expect(claim.patient == nil)
        #expect(claim.subscriber.address?.zip == "12207")
        #expect(claim.rendering?.npi.digits == "1003000126")
        #expect(claim.lines.map(\.control) == ["ABCDEFGHIJKLMNOP01", "ABCDEFGHIJKLMNOP02"])
        #expect(claim.lines.map(\.diagnosisPointers) == [[1], [1]])
        #expect(ClaimTrial(party: party).faults(of: [claim], at: (try #require(Day("2026-10-06")), .midnight)).isEmpty)
    }

    @Test("a child has a loop of its own under the parent who holds the coverage")
    func dependent() throws {
        let claim = try material(relationship: .child).claim(number: "ABCDEFGHIJKLMNOP", from: party)
        #expect(claim.patient?.relationship == "19")
        #expect(claim.patient?.name.first == "Ada")
        #expect(claim.subscriber.name.first == "George")
        #expect(claim.subscriber.address == nil)
        #expect(ClaimTrial(party: party).faults(of: [claim], at: (try #require(Day("2026-10-06")), .midnight)).isEmpty)
    }

    @Test("what is missing has a code")
    func missing() throws {
        func problem(_ material: ClaimMaterial) -> Unclaimable? {
            do throws(Unclaimable) {
                _ = try material.claim(number: "ABCDEFGHIJKLMNOP", from: party)
                return nil
            } catch {
                return error
            }
        }
        #expect(problem(try material(memberID: nil)) == .memberIDUnreadable)
        #expect(problem(try material(active: false)) == .payerInactive)
        #expect(problem(try material(diagnoses: [])) == .noDiagnoses)
        #expect(problem(try material(npi: nil)) == .providerWithoutNPI)
        #expect(problem(try material(npi: "1234567890")) == .providerWithoutNPI)
        #expect(problem(try material(birth: nil)) == .patientIncomplete)
        #expect(problem(try material(amount: 0)) == .nothingCharged)
        #expect(problem(try material(isPerson: false)) == .patientIsNoPerson)
        #expect(Set(Unclaimable.allCases.map(\.detail)).count == Unclaimable.allCases.count)
    }

    @Test("what X12 cannot carry is a fault of its claim, not of its neighbours", .shows("IO-8"))
    func faults() throws {
        let good = try material().claim(number: "GOODGOODGOODGOOD", from: party)
        let bad = try material(diagnoses: ["J02.9", "J02.9"]).claim(number: "BADBADBADBADBADB", from: party)
        let faults = ClaimTrial(party: party).faults(of: [good, bad], at: (try #require(Day("2026-10-06")), .midnight))
        #expect(Array(faults.keys) == ["BADBADBADBADBADB"])
    }
}

@Suite("Coverage")
struct CoverageTests {
    @Test("a member id is compared without blanks and hyphens, and its tail never tells most of it", .shows("AZ-12"))
    func memberID() {
        #expect(Coverage.normalized(memberID: "w123 456-789") == "W123456789")
        #expect(Coverage.tail(of: "W123456789") == "6789")
        #expect(Coverage.tail(of: "W1234") == "34")
        #expect(Coverage.tail(of: "W12") == "")
    }
}

@Suite("Judging a billing run")
struct RunFiguresTests {
    @Test("duplicates, wrong totals and a jump over the usual each hold the run", .shows("MC-7"))
    func reasons() {
        let claim = ClaimID(UUID(high: 1, low: 1))
        #expect(RunFigures(duplicates: [], wrongTotals: [], claims: 10, total: 1_500_00, usualClaim: 150_00).reasons.isEmpty)
        #expect(
            RunFigures(duplicates: [claim], wrongTotals: [], claims: 10, total: 1, usualClaim: nil).reasons.map(\.code) == [
                "duplicate_services"
            ]
        )
        #expect(
            RunFigures(duplicates: [], wrongTotals: [claim], claims: 10, total: 1, usualClaim: nil).reasons.map(\.code) == ["wrong_totals"]
        )
        #expect(
            RunFigures(duplicates: [], wrongTotals: [], claims: 10, total: 7_500_00, usualClaim: 150_00).reasons.map(\.code) == [
                "unusual_amount"
            ]
        )
        #expect(RunFigures(duplicates: [], wrongTotals: [], claims: 0, total: 0, usualClaim: 150_00).reasons.isEmpty)
    }

    @Test("a period has its first and its last day, in order, and is not endless")
    func period() throws {
        let first = try #require(Day("2026-10-01"))
        #expect(try Period(from: first, through: first).until == first.adding(days: 1))
        #expect(throws: Problem.self) { try Period(from: first, through: first.adding(days: -1)) }
        #expect(throws: Problem.self) { try Period(from: first, through: first.adding(days: 366)) }
    }
}
