import Access
import Assembly
import FoundationEssentials
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values
import X12

@testable import Claims

@Suite("From files of payers to ledgers", .serialized)
struct RemittanceStoryTests {
    private func day(_ text: String) throws -> Day { try #require(Day(text)) }

    @Test("a remittance over two locations is balanced whole and posted by each, once, however it comes again")
    func remittance() async throws {
        let story = try await ClaimClinic.open()
        var numbers: [String] = []
        for location in [story.clinic.north, story.clinic.south] {
            let payer = try await story.addPayer(at: location)
            let patient = try await story.addPatient(at: location, payer: payer, family: "Curie")
            try await story.addVisits(1, of: patient, at: location, on: try day("2026-10-05"))
            _ = try await story.bill(location, from: "2026-10-01", through: "2026-10-31")
            numbers += try await story.filed(location).compactMap { $0["number"]?.text }
        }
        var file = RemittanceText(
            payments: [
                .init(
                    trace: "EFT1",
                    amount: "205",
                    payee: story.npi,
                    claims: numbers.map { number in
                        RemittanceText.claim(
                            number,
                            charge: "150",
                            paid: "90",
                            patient: "20",
                            lines: [
                                .init(
                                    code: "99213",
                                    charge: "100",
                                    paid: "60",
                                    adjustments: ["CO*45*20", "PR*3*20"],
                                    reference: number + "01"
                                ),
                                .init(code: "87880", charge: "50", paid: "30", adjustments: ["CO*45*20"], reference: number + "02"),
                            ]
                        )
                    } + [RemittanceText.claim("STRANGER1", charge: "40", paid: "40")],
                    adjustments: ["PLB*\(story.npi)*20261231*WO:OLD1*15"]
                )
            ],
            receiver: "HARBOR1"
        )
        try story.receive(file.bytes, as: "era.835")
        try await story.inboundIsRead()
        try await eventually("both parts are posted", within: .seconds(60)) {
            try await story.remittances().first?["state"] == "partially_posted"
        }
        let remittance = try #require(try await story.remittances().first)
        #expect(remittance["amount"] == 205_00 && remittance["unmatched_claims"] == 1 && remittance["unmatched_amount"] == 40_00)
        #expect(remittance["unmatched"]?.items.map { $0["number"]?.text } == ["STRANGER1"])
        #expect(remittance["parts"]?.items.count == 2)
        #expect(remittance["provider_adjustments"]?.items.map { $0["reference"]?.text } == ["OLD1"])
        try await self.check(story)

        // Renamed, and under another interchange.
        try story.receive(file.bytes, as: "other-name.835")
        file.control = 101
        try story.receive(file.bytes, as: "other-interchange.835")
        try await story.inboundIsRead()
        let all = try await story.remittances()
        #expect(all.count == 2)
        #expect(all.filter { $0["state"] == "partially_posted" }.map { $0["duplicates"] } == [1])
        #expect(all.filter { $0["state"] == "duplicate" }.map { $0["duplicate_of"] } == [remittance["id"]])
        try await self.check(story)
        await story.clinic.close()
    }

    private func check(_ story: ClaimClinic) async throws {
        for location in [story.clinic.north, story.clinic.south] {
            #expect(try await story.balance("cash:insurance", at: location) == 90_00)
            #expect(try await story.balance("adjustments:contractual", at: location) == 40_00)
            #expect(try await story.balance("receivable:patient", at: location) == 20_00)
            #expect(try await story.balance("receivable:insurance", at: location) == 0)
            let claim = try #require(try await story.claims(location).first)
            #expect(claim["state"] == "paid" && claim["paid"] == 90_00 && claim["patient_owes"] == 20_00)
            let whole = try await story.send("owner", "GET", story.clinic.path(location, "claims/\(claim["id"]?.text ?? "")"))
            #expect(whole["postings"]?.items.map { $0["state"]?.text } == ["posted"])
            #expect(whole["lines"]?.items.count == 2)
        }
    }

    @Test("a reversal restores what was before and the correction posts anew", .shows("MC-4"))
    func reversal() async throws {
        let story = try await ClaimClinic.open()
        let north = story.clinic.north
        let payer = try await story.addPayer(at: north)
        let patient = try await story.addPatient(at: north, payer: payer, family: "Noether")
        try await story.addVisits(1, of: patient, at: north, on: try day("2026-10-05"))
        _ = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        let number = try await story.filed(north).first?["number"]?.text ?? ""
        let first = RemittanceText(
            payments: [
                .init(
                    trace: "EFT1",
                    amount: "90",
                    payee: story.npi,
                    claims: [
                        RemittanceText.claim(number, charge: "150", paid: "90", patient: "20", claimAdjustments: ["CO*45*40", "PR*2*20"])
                    ]
                )
            ],
            control: 1,
            receiver: "HARBOR1"
        )
        try story.receive(first.bytes, as: "first.835")
        try await eventually("the first is posted", within: .seconds(60)) { try await story.claims(north).first?["state"] == "paid" }
        let second = RemittanceText(
            payments: [
                .init(
                    trace: "EFT2",
                    amount: "10",
                    payee: story.npi,
                    claims: [
                        RemittanceText.claim(
                            number,
                            status: "22",
                            charge: "-150",
                            paid: "-90",
                            claimAdjustments: ["CO*45*-40", "PR*2*-20"]
                        ),
                        RemittanceText.claim(number, charge: "150", paid: "100", patient: "20", claimAdjustments: ["CO*45*30", "PR*2*20"]),
                    ]
                )
            ],
            control: 2,
            receiver: "HARBOR1"
        )
        try story.receive(second.bytes, as: "second.835")
        try await eventually("the correction is posted", within: .seconds(60)) { try await story.claims(north).first?["paid"] == 100_00 }
        #expect(try await story.balance("cash:insurance", at: north) == 100_00)
        #expect(try await story.balance("adjustments:contractual", at: north) == 30_00)
        #expect(try await story.balance("receivable:patient", at: north) == 20_00)
        #expect(try await story.balance("receivable:insurance", at: north) == 0)
        await story.clinic.close()
    }

    @Test("a claim that is paid twice is held where a biller finds it, and the payment does not pass for posted")
    func heldClaim() async throws {
        let story = try await ClaimClinic.open()
        let north = story.clinic.north
        let payer = try await story.addPayer(at: north)
        let patient = try await story.addPatient(at: north, payer: payer, family: "Meitner")
        try await story.addVisits(1, of: patient, at: north, on: try day("2026-10-05"))
        _ = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        let number = try await story.filed(north).first?["number"]?.text ?? ""
        for (control, state) in [(1, "posted"), (2, "partially_posted")] {
            let claim = RemittanceText.claim(number, charge: "150", paid: "110", claimAdjustments: ["CO*45*40"])
            let file = RemittanceText(
                payments: [.init(trace: "EFT\(control)", amount: "110", payee: story.npi, claims: [claim])],
                control: control,
                receiver: "HARBOR1"
            )
            try story.receive(file.bytes, as: "file\(control).835")
            try await eventually("payment \(control) is \(state)", within: .seconds(60)) {
                try await story.remittances().contains { $0["trace"]?.text == "EFT\(control)" && $0["state"]?.text == state }
            }
        }
        #expect(try await story.balance("cash:insurance", at: north) == 110_00)
        let held = try await story.send("biller", "GET", story.clinic.path(north, "remittance-claims?state=held"))["items"]?.items ?? []
        #expect(held.map { $0["hold_reason"]?.text } == ["already_adjudicated"])
        #expect(held.first?["number"]?.text == number && held.first?["patient_id"]?.text == patient.description)
        await story.clinic.close()
    }

    @Test("what another payer sends under a trace that was used is held, not lost")
    func traceUsed() async throws {
        let story = try await ClaimClinic.open()
        let north = story.clinic.north
        let payer = try await story.addPayer(at: north)
        let patient = try await story.addPatient(at: north, payer: payer, family: "Franklin")
        try await story.addVisits(1, of: patient, at: north, on: try day("2026-10-05"))
        _ = try await story.bill(north, from: "2026-10-01", through: "2026-10-31")
        let number = try await story.filed(north).first?["number"]?.text ?? ""
        for (control, paid) in [(1, "110"), (2, "100")] {
            let claim = RemittanceText.claim(number, charge: "150", paid: paid, claimAdjustments: ["CO*45*\(paid == "110" ? 40 : 50)"])
            let file = RemittanceText(
                payments: [.init(trace: "EFT1", amount: paid, payee: story.npi, claims: [claim])],
                control: control,
                receiver: "HARBOR1"
            )
            try story.receive(file.bytes, as: "file\(control).835")
            try await eventually("payment \(control) is dealt with", within: .seconds(60)) {
                try await story.remittances().filter { $0["state"] == "posted" || $0["state"] == "partially_posted" }.count == control
            }
        }
        let held = try await story.send("biller", "GET", story.clinic.path(north, "remittance-claims?state=held"))["items"]?.items ?? []
        #expect(held.map { $0["hold_reason"]?.text } == ["trace_used"] && held.first?["paid"] == 100_00)
        #expect(try await story.balance("cash:insurance", at: north) == 110_00)
        await story.clinic.close()
    }

    @Test("a payment in another currency, or of a day that cannot be, is held whole", arguments: ["currency-foreign", "payment-date"])
    func oddPayment(_ reason: String) async throws {
        let story = try await ClaimClinic.open()
        var file = RemittanceText(
            payments: [
                .init(trace: "EFT1", amount: "40", payee: story.npi, claims: [RemittanceText.claim("WHO", charge: "40", paid: "40")])
            ],
            receiver: "HARBOR1"
        )
        if reason == "payment-date" { file.payments[0].day = "19000101" }
        var text = file.text
        if reason == "currency-foreign" {
            text = text.replacing("TRN*1*", with: "CUR*PR*EUR~\nTRN*1*").replacing("SE*16*", with: "SE*17*").replacing(
                "SE*15*",
                with: "SE*16*"
            )
        }
        try story.receive(Array(text.utf8), as: "odd.835")
        try await story.inboundIsRead()
        let held = try #require(try await story.remittances().first)
        #expect(held["state"] == "held")
        #expect(held["reasons"]?.items.contains { $0["code"]?.text == reason } == true, "\(held["reasons"] ?? .null)")
        await story.clinic.close()
    }

    @Test("a payment that names no claim of ours is held whole")
    func strangers() async throws {
        let story = try await ClaimClinic.open()
        let file = RemittanceText(
            payments: [
                .init(trace: "EFT1", amount: "40", payee: story.npi, claims: [RemittanceText.claim("WHO", charge: "40", paid: "40")])
            ],
            receiver: "HARBOR1"
        )
        try story.receive(file.bytes, as: "strangers.835")
        try await story.inboundIsRead()
        let held = try #require(try await story.remittances().first)
        #expect(held["state"] == "held" && held["unmatched_claims"] == 1)
        #expect(held["reasons"]?.items.map { $0["code"]?.text } == ["claims-unknown"])
        await story.clinic.close()
    }

    @Test("a file that does not balance posts nothing, is kept, and says why")
    func unbalanced() async throws {
        let story = try await ClaimClinic.open()
        let file = RemittanceText(
            payments: [
                .init(trace: "EFT9", amount: "90.01", payee: story.npi, claims: [RemittanceText.claim("X1", charge: "90", paid: "90")])
            ],
            receiver: "HARBOR1"
        )
        try story.receive(file.bytes, as: "wrong.835")
        try story.receive(Array("no X12 at all".utf8), as: "note.txt")
        try await story.inboundIsRead()
        let held = try await story.remittances()
        #expect(held.map { $0["state"]?.text } == ["held"])
        #expect(held.first?["reasons"]?.items.map { $0["code"]?.text } == ["remittance-unbalanced"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: story.folders.inbound + "/held").count == 2)
        #expect(try await story.send("rival", "GET", "/v1/organizations/\(story.clinic.rival)/remittances")["items"]?.items.isEmpty == true)
        let services = story.clinic.services
        let (unclaimed, more) = try await UnclaimedFile.open(services.tenancy)
        #expect(more == 0)
        #expect(unclaimed.map(\.name) == ["note.txt"])
        #expect(unclaimed.map(\.reasons) == [["no-interchange"]])
        await story.clinic.close()
    }
}
