import Jobs
import Postgres
import Tenancy
import Values
import X12

/// A billing entity that may be the payee of a payment.
struct Payee: Sendable, Hashable {
    let entity: BillingEntityID
    let organization: OrganizationID
    let npi: String
    let submitterID: String
}

/// Whose payments a file holds. Found by the worker's own narrow right, because a file does not say which organization it is for.
struct Payees: Sendable {
    /// Those that came to their NPI first are first.
    private let candidates: [Payee]

    init(_ candidates: [Payee]) {
        self.candidates = candidates
    }

    static func of(_ file: ReceivedFile, tenancy: Tenancy) async throws -> Payees {
        let npis = Array(Set(file.payments.map(\.remittance.payee).filter { $0.idQualifier == "XX" }.map(\.id))).sorted()
        let rows = try await tenancy.queueRead(
            nil,
            BillingPartyStore.payees(npis: npis, submitters: file.receivers)
        )
        return Payees(
            try rows.decode((BillingEntityID, OrganizationID, String, String).self).map {
                Payee(entity: $0.0, organization: $0.1, npi: $0.2, submitterID: $0.3)
            }
        )
    }

    /// By the NPI the payment names, else by the receiver of its interchange; those that fit both first, among them the oldest. Which of several
    /// organizations it is for, this does not say: anybody can name the NPI and the receiver of somebody else.
    func candidates(for payment: ReceivedPayment) -> [Payee] {
        let payee = payment.remittance.payee
        let receiver = payment.remittance.interchange.receiver
        let fitting =
            payee.idQualifier == "XX" ? candidates.filter { $0.npi == payee.id } : candidates.filter { $0.submitterID == receiver }
        return fitting.filter { $0.submitterID == receiver } + fitting.filter { $0.submitterID != receiver }
    }

    /// The organizations that may be meant, in the order in which they came to the NPI.
    func organizations(for payment: ReceivedPayment) -> [OrganizationID] {
        let fitting = Set(candidates(for: payment).map(\.entity))
        var seen: Set<OrganizationID> = []
        return candidates.filter { fitting.contains($0.entity) }.map(\.organization).filter { seen.insert($0).inserted }
    }

    /// For files without a readable payment.
    func candidates(receivers: [String]) -> [Payee] { candidates.filter { receivers.contains($0.submitterID) } }
}
