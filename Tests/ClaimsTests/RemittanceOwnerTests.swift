import Assembly
import FoundationEssentials
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Claims

@Suite("Whose a payment is, and what others see of it", .serialized)
struct RemittanceOwnerTests {
    @Test("a trace that comes again with other decisions is held, with the same ones it is a duplicate")
    func traceReused() async throws {
        let story = try await ClaimClinic.open()
        let north = story.clinic.north
        let payer = try await story.addPayer(at: north)
        let patient = try await story.addPatient(at: north, payer: payer, family: "Hopper")
        try await story.addVisits(2, of: patient, at: north, on: try #require(Day("2026-10-05")))
        _ = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        let numbers = try await story.filed(north).compactMap { $0["number"]?.text }
        try #require(numbers.count == 2)
        // Denials: nothing is paid, so trace, payer, day and amount say nothing of which claims are meant.
        for (control, number) in [(1, numbers[0]), (2, numbers[1]), (3, numbers[0])] {
            let claim = RemittanceText.claim(number, status: "4", charge: "150", paid: "0", claimAdjustments: ["CO*29*150"])
            let file = RemittanceText(
                payments: [.init(trace: "NOPAY", amount: "0", payee: story.npi, claims: [claim])],
                control: control,
                receiver: "HARBOR1"
            )
            try story.receive(file.bytes, as: "denial\(control).835")
            try await story.inboundIsRead()
        }
        let remittances = try await story.remittances()
        func of(_ control: Int) -> JSON? { remittances.first { $0["file_name"]?.text == "denial\(control).835" } }
        #expect(of(2)?["state"] == "held")
        #expect(of(2)?["reasons"]?.items.map { $0["code"]?.text } == ["trace-reused"])
        #expect(of(3)?["state"] == "duplicate" && of(3)?["duplicate_of"] == of(1)?["id"])
        let held = try FileManager.default.contentsOfDirectory(atPath: story.folders.inbound + "/held")
        #expect(held.count == 1 && held.first?.hasSuffix("denial2.835") == true)
        await story.clinic.close()
    }

    @Test("a file that pays two organizations tells neither the other's amounts")
    func twoOrganizations() async throws {
        let story = try await ClaimClinic.open()
        try await story.addRivalEntity(npi: "1003000126", submitter: "RIVAL1")
        let file = RemittanceText(
            payments: [
                .init(trace: "EFT1", amount: "40", payee: story.npi, claims: [RemittanceText.claim("A", charge: "40", paid: "40")]),
                .init(
                    trace: "EFT2",
                    amount: "777.77",
                    payee: "1003000126",
                    claims: [RemittanceText.claim("B", charge: "333.33", paid: "333.33")]
                ),
            ],
            receiver: "HARBOR1"
        )
        try story.receive(file.bytes, as: "both.835")
        try await story.inboundIsRead()
        let own = try #require(try await story.remittances().first)
        #expect(own["state"] == "held")
        #expect(own["reasons"]?.items.map { $0["code"]?.text } == ["other-payment-refused"])
        let theirs = try #require(try await story.remittancesOfRival().first)
        #expect(theirs["reasons"]?.items.compactMap { $0["code"]?.text }.first == "remittance-unbalanced")
        #expect(theirs["amount"] == 777_77)
        await story.clinic.close()
    }

    private func unknown(_ npi: String, receiver: String, control: Int) -> RemittanceText {
        let claim = RemittanceText.claim("WHO", charge: "40", paid: "40")
        return RemittanceText(
            payments: [.init(trace: "EFT\(control)", amount: "40", payee: npi, claims: [claim])],
            control: control,
            receiver: receiver
        )
    }

    @Test("whoever names another's NPI later neither gets its payments nor hides them")
    func squatter() async throws {
        let story = try await ClaimClinic.open()
        try await story.addRivalEntity(npi: story.npi, submitter: "CLEARING9")
        // The receiver is the squatter's: that proves nothing.
        try story.receive(unknown(story.npi, receiver: "CLEARING9", control: 1).bytes, as: "unknown.835")
        try await story.inboundIsRead()
        let held = try #require(try await story.remittances().first)
        #expect(held["state"] == "held")
        #expect(held["reasons"]?.items.map { $0["code"]?.text } == ["payee-shared"])
        let theirs = try await story.remittancesOfRival()
        #expect(theirs.isEmpty)
        let shared = try await SharedNPI.all(story.clinic.services.tenancy)
        #expect(shared.map(\.npi) == [story.npi])
        #expect(shared.first?.organizations == [story.clinic.organization, story.clinic.rival])
        await story.clinic.close()
    }

    @Test("an old billing entity that takes another's NPI has it from then on only")
    func takenNPI() async throws {
        let story = try await ClaimClinic.open()
        let rival = try await story.addRivalEntity(npi: "1003000126", submitter: "RIVAL1")
        try await story.clinic.services.tenancy.organization(story.clinic.rival) { tx in
            tx.enqueue("update control.billing_entity set created_at = '2020-01-01 00:00:00+00'")
        }
        let path = "/v1/organizations/\(story.clinic.rival)/billing-entities/\(rival["id"]?.text ?? "")"
        let answer = try await story.clinic.send("rival", "PATCH", path, body: ["npi": .string(story.npi)], headers: ["If-Match": "\"1\""])
        #expect(answer.status == 200, "\(answer.text)")
        try story.receive(unknown(story.npi, receiver: "RIVAL1", control: 1).bytes, as: "unknown.835")
        try await story.inboundIsRead()
        #expect(try await story.remittances().count == 1)
        let theirs = try await story.remittancesOfRival()
        #expect(theirs.isEmpty)
        await story.clinic.close()
    }

    @Test("a payment that was nobody's is off the operators' list when an organization has it")
    func claimedLater() async throws {
        let story = try await ClaimClinic.open()
        let file = unknown("1003000126", receiver: "RIVAL1", control: 1)
        try story.receive(file.bytes, as: "early.835")
        try await story.inboundIsRead()
        let before = try await UnclaimedFile.open(story.clinic.services.tenancy).files
        #expect(before.map(\.name) == ["early.835"])
        try await story.addRivalEntity(npi: "1003000126", submitter: "RIVAL1")
        try story.receive(file.bytes, as: "early.835")
        try await story.inboundIsRead()
        #expect(try await story.remittancesOfRival().count == 1)
        let after = try await UnclaimedFile.open(story.clinic.services.tenancy).files
        #expect(after.isEmpty)
        await story.clinic.close()
    }
}
