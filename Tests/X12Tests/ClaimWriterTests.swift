import Testing
import Values
import X12

@Suite("professional claims are written as payers accept them") struct ClaimWriterTests {
    /// tools/pyx12_check.py accepts both files; it is the reason they are kept.
    @Test("the written files are those an independent validator accepted")
    func accepted() throws {
        let simple = try Claims.batch([try Claims.claim(), try Claims.claim("PCN0003")]).write()
        #expect(String(decoding: simple.bytes, as: UTF8.self) == String(decoding: Fixture.own("written/simple.edi"), as: UTF8.self))
        var several = try Claims.batch([try Claims.claim(), try Claims.fullClaim(), try Claims.claim("PCN0003")])
        several.claimsPerTransaction = 2
        let full = try several.write()
        #expect(String(decoding: full.bytes, as: UTF8.self) == String(decoding: Fixture.own("written/full.edi"), as: UTF8.self))
    }

    @Test("our own reader finds the envelope whole and every total right")
    func read() throws {
        let written = try Claims.batch([try Claims.claim(), try Claims.fullClaim()]).write()
        let reading = try JSON.parse(Array(inspect(written.bytes).utf8))
        #expect(reading["findings"] == .array([]))
        let totals = try #require(reading["summary"]?["claims837"])
        #expect(
            totals["claims"] == .integer(2) && totals["total_charge"] == .string("301.00")
                && totals["charge_line_mismatches"] == .integer(0)
        )
        #expect(written.charge.minor == 30100)
    }

    @Test("transactions are cut at their limit, and placements say where each claim is")
    func placements() throws {
        var batch = try Claims.batch(try (1...5).map { try Claims.claim("PCN\($0)") })
        batch.claimsPerTransaction = 2
        let written = try batch.write()
        #expect(written.transactions.map(\.control) == ["0001", "0002", "0003"])
        #expect(written.transactions.map(\.reference) == ["BATCH77-0001", "BATCH77-0002", "BATCH77-0003"])
        #expect(written.transactions.map(\.claims) == [2, 2, 1])
        let segments = String(decoding: written.bytes, as: UTF8.self).split(separator: "~\n").map(String.init)
        for placement in written.placements {
            let start = try #require(segments.firstIndex(of: "ST*837*\(placement.transaction)*005010X222A1"))
            let claim = segments[(start + placement.segments.lowerBound - 1)...(start + placement.segments.upperBound - 1)]
            #expect(claim.first == "CLM*\(placement.claim)*150.5***11:B:1*Y*A*Y*Y")
            #expect(claim.last == "REF*6R*L2")
        }
    }

    @Test("any limit of claims in a transaction is taken")
    func extremes() throws {
        var batch = try Claims.batch([try Claims.claim()])
        batch.claimsPerTransaction = .max
        #expect(try batch.write().transactions.count == 1)
    }

    @Test("a batch of many claims stays valid: HL parents, counts, unique numbers")
    func many() throws {
        let claims = try (1...250).map { number in
            var claim = number % 3 == 0 ? try Claims.fullClaim() : try Claims.claim()
            claim.number = "PCN\(number)"
            return claim
        }
        let written = try Claims.batch(claims).write()
        let reading = try JSON.parse(Array(inspect(written.bytes).utf8))
        #expect(reading["findings"] == .array([]))
        #expect(written.transactions.count == 3 && written.placements.count == 250)
    }

    @Test("delimiters and control characters never reach the file, accents become letters")
    func text() throws {
        var claim = try Claims.claim()
        claim.subscriber.name = PersonName(last: "D*o~e:^\u{0}\n Łódź-Ærø", first: "Jan\u{301}e 日本")
        claim.payer.name = "straße"
        let text = String(decoding: try Claims.batch([claim]).write().bytes, as: UTF8.self)
        #expect(text.contains("NM1*IL*1*D O E LODZ-AERO*JANE****MI*MEM12345~"))
        #expect(text.contains("NM1*PR*2*STRASSE*****PI*12345~"))
        #expect(text.utf8.allSatisfy { $0 == 10 || ($0 >= 0x20 && $0 < 0x7F) })
        #expect(!text.contains("*~"))
    }

    @Test("names are cut to their limit, identifiers never")
    func limits() throws {
        var claim = try Claims.claim()
        claim.subscriber.name.last = String(repeating: "X", count: 70)
        #expect(
            String(decoding: try Claims.batch([claim]).write().bytes, as: UTF8.self).contains("*\(String(repeating: "X", count: 60))*JANE")
        )
        claim.subscriber.memberID = String(repeating: "9", count: 81)
        #expect(try faults(claim) == ["subscriber.member_id"])
    }

    @Test("every fault is named at once, with its claim and field")
    func faults() throws {
        var claim = try Claims.claim("pcn-1")
        claim.billingProvider.address = Claims.address("P.O. Box 12", zip: "45209")
        claim.billingProvider.taxID = .employer("123")
        claim.billingProvider.taxonomy = "207Q"
        claim.subscriber.memberID = "A*B"
        claim.subscriber.address?.state = "ZZ"
        claim.subscriber.birth = try Claims.day("2026-09-02")
        claim.payer.filingIndicator = ""
        claim.placeOfService = "1"
        claim.diagnoses = ["M5450", "M54.50"]
        claim.submission = .void(payerControl: "")
        claim.lines[0].modifiers = ["25", "25", "59", "76", "77"]
        claim.lines[0].diagnosisPointers = [3]
        claim.lines[0].to = try Claims.day("2026-08-31")
        claim.lines[1].control = "L1"
        claim.lines[1].charge = Amount(minor: -1)
        claim.lines[1].units = 0
        claim.lines[1].procedure = "9921"
        let expected: Set = [
            "number", "billing_provider.address.line1", "billing_provider.address.zip", "billing_provider.tax_id",
            "billing_provider.taxonomy",
            "subscriber.member_id", "subscriber.address.state", "subscriber.birth", "payer.filing_indicator", "place_of_service",
            "diagnoses[1]",
            "submission.payer_control", "lines[0].modifiers", "lines[0].diagnosis_pointers", "lines[0].to", "lines[1].control",
            "lines[1].charge",
            "lines[1].units", "lines[1].procedure",
        ]
        #expect(try Set(faults(claim)) == expected)
    }

    @Test("a batch needs claims, distinct numbers and control numbers in range")
    func batch() throws {
        var batch = try Claims.batch([])
        batch.envelope.interchangeControl = 0
        batch.envelope.groupControl = 1_000_000_000
        batch.envelope.sender = "A SENDER THAT IS TOO LONG"
        batch.claimsPerTransaction = 0
        let error = try #require(throws: UnwritableClaims.self) { try batch.write() }
        #expect(
            Set(error.faults.map(\.field)) == [
                "envelope.interchange_control", "envelope.group_control", "envelope.sender", "claims", "claims_per_transaction",
            ]
        )
        let twice = try Claims.batch([try Claims.claim(), try Claims.claim()])
        let repeated = try #require(throws: UnwritableClaims.self) { try twice.write() }
        #expect(repeated.faults.map(\.claim) == ["PCN0001"] && repeated.faults.map(\.field) == ["number"])
    }

    @Test("the patient's own data are demanded where the patient is the subscriber")
    func patient() throws {
        var claim = try Claims.claim()
        claim.subscriber.address = nil
        claim.subscriber.sex = nil
        #expect(try faults(claim) == ["subscriber.address", "subscriber.sex"])
        claim.patient = Dependent(
            relationship: "01",
            name: PersonName(last: "Doe", first: "John"),
            address: Claims.address(),
            birth: try Claims.day("1979-01-01"),
            sex: .male
        )
        #expect(try faults(claim) == [])
    }

    private func faults(_ claim: ProfessionalClaim) throws -> [String] {
        let batch = try Claims.batch([claim])
        do throws(UnwritableClaims) {
            _ = try batch.write()
            return []
        } catch {
            return error.faults.map(\.field)
        }
    }
}
