import Postgres
import Tenancy
import Values

/// Interchange control numbers: unique for a sender and a receiver for ever, so they are leased from control in blocks. A block that a crash
/// swallowed leaves a gap, which is allowed; no number comes twice.
enum ControlNumberStore {
    static let exhausted = Problem(.failed, "control_numbers_exhausted", "All control numbers of this sender and receiver are used.")

    static func lease(_ count: Int, for party: BillingParty, of organization: OrganizationID, tenancy: Tenancy) async throws -> Range<Int> {
        let next: Int? = try await tenancy.organization(organization) { tx in
            try await tx.query(
                """
                insert into control.control_number as leased (sender, receiver, next_number) values (\(party.submitterID), \(party.receiverID), \(1 + count))
                on conflict (sender, receiver) do update set next_number = leased.next_number + \(count)
                    where leased.next_number + \(count) <= 1000000000
                returning next_number
                """
            ).first?.value(0)
        }
        guard let next else { throw exhausted }
        return (next - count)..<next
    }
}
