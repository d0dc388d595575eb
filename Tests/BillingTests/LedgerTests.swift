import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Billing

@Suite("The ledger")
struct LedgerTests {
    private static let shared = Task { try await TestClinic.open() }

    @Test("undoing a transfer swaps its accounts and nothing else", .shows("MC-4"))
    func reversed() {
        let transfer = Transfer(debit: .cashInsurance, credit: .receivableInsurance, amount: 1250)
        #expect(
            transfer.reversed.debit == .receivableInsurance && transfer.reversed.credit == .cashInsurance
                && transfer.reversed.amount == 1250
        )
        #expect(transfer.reversed.reversed == transfer)
    }

    @Test("a payment is a line that explains the balance; another currency is refused")
    func payment() async throws {
        let clinic = try await Self.shared.value
        let made = try await clinic.send(
            "front_desk",
            "POST",
            clinic.path(clinic.north, "patients"),
            body: ["person": ["given_name": "Ada", "family_name": "Park"]]
        )
        let payments = clinic.path(clinic.north, "payments")
        let body: JSON = ["patient_id": .string(made.id), "method": "card", "amount": 2500, "currency": "USD"]
        #expect(try await clinic.send("owner", "POST", payments, body: body).status == 201)
        let euro: JSON = ["patient_id": .string(made.id), "method": "card", "amount": 2500, "currency": "EUR"]
        #expect(try await clinic.send("owner", "POST", payments, body: euro).status == 422)
        let balance = try await clinic.send("owner", "GET", clinic.path(clinic.north, "patients/\(made.id)/balance"))
        #expect(balance.json["owed_by_patient"]?.integer == -2500)
        let ledger = try await clinic.send("owner", "GET", clinic.path(clinic.north, "patients/\(made.id)/ledger"))
        #expect(ledger.text.contains("cash:patient") && ledger.text.contains("receivable:patient"))
    }

    @Test("the login of the gateway cannot change or remove a posted line", .shows("MC-4"))
    func appendOnly() async throws {
        let clinic = try await Self.shared.value
        for statement: Statement in ["update {location}.ledger_line set amount = 1", "delete from {location}.ledger_entry"] {
            await #expect(throws: PostgresError.self) {
                _ = try await clinic.services.tenancy.transaction(clinic.north) { tx in try await tx.query(statement) }
            }
        }
    }
}
