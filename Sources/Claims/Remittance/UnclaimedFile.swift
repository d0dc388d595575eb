import Postgres
public import Tenancy
public import Values

/// A file of the inbound folder that fits no organization: no 835, or for a payee nobody here is. Only operators can see it.
public struct UnclaimedFile: Sendable {
    /// The name it came under.
    public let name: String
    /// Stable codes of why it was held.
    public let reasons: [String]

    /// Those received since, the newest first, at most 100.
    public static func received(since: Instant, _ tenancy: Tenancy) async throws -> [UnclaimedFile] {
        try await tenancy.queueRead(nil, RemittanceStore.unclaimed(since: since)).map { row in
            let (name, reasons) = try row.decode((String, JSONText).self)
            return UnclaimedFile(name: name, reasons: try RemittanceJSON.reasons(reasons).map(\.code))
        }
    }
}
