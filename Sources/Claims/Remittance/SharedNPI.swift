import Postgres
public import Tenancy
public import Values

/// An NPI that billing entities of several organizations have. Often a mistake: payments for it that name no known claim go to the organization
/// that has it the longest.
public struct SharedNPI: Sendable {
    public let npi: String
    /// The one that has it the longest first.
    public let organizations: [OrganizationID]

    /// At most `limit`, by number.
    public static func all(_ tenancy: Tenancy, limit: Int = 100) async throws -> [SharedNPI] {
        try await tenancy.queueRead(nil, BillingPartyStore.sharedNPIs(limit: limit)).map { row in
            SharedNPI(npi: try row.value(0), organizations: try row.value(1))
        }
    }
}
