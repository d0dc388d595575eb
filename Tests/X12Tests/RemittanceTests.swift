import Testing
import Values
import X12

@Suite("remittances") struct RemittanceTests {
    @Test("every value of a remittance is where posting looks for it")
    func values() throws {
        let remittance = try #require(Era().file.remittances.first)
        #expect(remittance.control == "0001" && remittance.groupControl == "77" && remittance.version == "005010X221A1")
        #expect(
            remittance.interchange.sender == "PAYER" && remittance.interchange.receiver == "CLINIC"
                && remittance.interchange.control == "000000905"
        )
        #expect(
            remittance.payment.amount.minor == 7125 && remittance.payment.method == "ACH" && remittance.payment.date == Day("2026-09-14")
        )
        #expect(remittance.trace.number == "EFT1" && remittance.trace.payerID == "1512345678")
        #expect(remittance.payer.name == "SYNTHETIC PLAN" && remittance.payer.references.map(\.qualifier) == ["2U"])
        #expect(remittance.payee.id == "1234567893" && remittance.payee.references.map(\.value) == ["512345678"])
        #expect(remittance.providerAdjustments.map(\.code) == ["L6", "WO"])
        #expect(remittance.providerAdjustments.map(\.reference) == ["", "ICNX REF"])
        #expect(remittance.balance.expectedPayment.minor == 7125 && remittance.balance.providerAdjustments.minor == 2875)
        #expect(remittance.claims.map(\.ordinal) == [1, 2, 3])
    }

    @Test("every value of a claim and its line")
    func claim() throws {
        let claim = try #require(Era().file.remittances.first?.claims.first)
        #expect(
            claim.number == "CLAIMA" && claim.status == "1" && claim.payerControl == "ICNA" && claim.facility == "11"
                && claim.frequency == "1"
        )
        #expect(claim.charge.minor == 15000 && claim.paid.minor == 9000 && claim.patientResponsibility.minor == 2000)
        #expect(claim.patient?.last == "DOE" && claim.patient?.id == "M1" && claim.serviceFrom == Day("2026-09-01"))
        #expect(claim.amounts.map(\.amount.minor) == [125])
        #expect(claim.position.segment == 11)
        let line = try #require(claim.lines.first)
        #expect(line.procedure.qualifier == "HC" && line.procedure.code == "99213" && line.procedure.modifiers == ["25"])
        #expect(line.control == "A-1" && line.units == "1" && line.remarkCodes == ["N130"] && line.serviceFrom == Day("2026-09-01"))
        #expect(line.adjustments.map(\.reason) == ["45", "3"] && line.adjustments.map(\.amount.minor) == [4000, 2000])
        #expect(claim.isBalanced && claim.isPostable)
    }

    @Test("a reversal keeps its signs")
    func reversal() throws {
        let claims = try #require(Era().file.remittances.first?.claims)
        #expect(claims[1].isReversal && claims[1].paid.minor == -12000)
        #expect(claims[1].adjustments.map(\.amount.minor) == [-6000, -2000])
        #expect(claims[2].lines.first?.submittedProcedure?.code == "99215")
    }

    @Test("one cent on a line holds its claim alone")
    func line() throws {
        var era = Era()
        era.claims[7] = "CAS*CO*45*39.99"
        let file = era.file
        let remittance = try #require(file.remittances.first)
        #expect(remittance.isBalanced && file.isPostable)
        #expect(remittance.claims.map(\.isPostable) == [false, true, true])
        #expect(remittance.claims[0].unbalancedLines == [1] && remittance.claims[0].difference.minor == 1)
        #expect(file.reasons == [.lineUnbalanced, .claimUnbalanced])
        #expect(file.findings.first?.position.segment == 15)
    }

    @Test("a payment that is not the sum of its claims refuses the remittance")
    func transaction() {
        let file = Era(amount: "71.24").file
        #expect(file.isComplete && !file.isPostable)
        #expect(file.reasons == [.remittanceUnbalanced])
        #expect(file.remittances.first?.balance.difference.minor == -1)
    }

    @Test(
        "amounts that are not whole cents or not there are refused where they matter",
        arguments: [
            (1, "CLP*CLAIMA*1*150*9O*20*12*ICNA*11*1", Finding.Code.amountInvalid),
            (1, "CLP*CLAIMA*1*150**20*12*ICNA*11*1", .amountMissing),
            (1, "CLP*CLAIMA*1*150.001*90*20", .amountInvalid), (7, "CAS*CO*45*4E1", .amountInvalid),
            (5, "SVC*HC:99213*150", .amountMissing),
            (19, "PLB*1234567893*20261231*L6*X*WO*30", .amountInvalid),
        ]
    )
    func amounts(index: Int, segment: String, code: Finding.Code) {
        var era = Era()
        era.claims[index] = segment
        #expect(era.file.reasons.contains(code))
    }

    @Test("sums beyond the range of the machine are a finding, not a trap")
    func overflow() {
        var era = Era(amount: "9999999999999.99")
        era.claims = Array(repeating: ["CLP*A*1*9999999999999.99*-9999999999999.99", "CAS*CO*45*9999999999999.99"], count: 12_000).flatMap {
            $0
        }
        let file = era.file
        #expect(!file.isPostable)
        #expect(file.reasons.contains(.amountOverflow))
        #expect(inspect(era.bytes).contains("\"total_charge\":null"))
    }

    @Test("a payment without amount, trace or claim number is refused or held")
    func missing() {
        let text = Era().text
        func reasons(_ old: String, _ new: String) -> Set<Finding.Code> {
            RemittanceFile.read(Array(text.replacing(old, with: new).utf8)).reasons
        }
        #expect(reasons("BPR*", "BPX*") == [.paymentMissing, .remittanceUnbalanced])
        #expect(reasons("TRN*1*EFT1", "TRN*1*") == [.traceMissing])
        #expect(reasons("CLP*CLAIMA*", "CLP**") == [.claimNumberMissing])
        #expect(reasons("LX*1", "BPR*I*0*C*NON") == [.paymentRepeated])
        #expect(reasons("LX*1", "SVC*HC:99213*1*1") == [.segmentMisplaced])
    }

    @Test("more lines or parts than the limits refuses the remittance")
    func limits() {
        var limits = Limits()
        limits.lines = 2
        limits.parts = 3
        var era = Era()
        era.claims += Array(repeating: "SVC*HC:99213*0*0", count: 3) + Array(repeating: "CAS*CO*45*0", count: 4)
        era.claims.append(era.claims.remove(at: 19))
        #expect(RemittanceFile.read(era.bytes, limits: limits).reasons == [.tooMany])
    }
}
