import Postgres
public import Tenancy
public import Values

/// A file of the inbound folder that fits no organization: no 835, or for a payee nobody here is. Only operators can see it.
public struct UnclaimedFile: Sendable {
    public let id: RemittanceID
    /// The name it came under.
    public let name: String
    /// Stable codes of why it was held.
    public let reasons: [String]
    public let receivedAt: Instant

    /// Those nobody has dismissed, the newest first, at most 100; and how many there are besides.
    public static func open(_ tenancy: Tenancy) async throws -> (files: [UnclaimedFile], more: Int) {
        var count = 0
        let files = try await tenancy.queueRead(nil, RemittanceStore.unclaimed).map { row in
            let (id, name, reasons, receivedAt, all) = try row.decode((RemittanceID, String, JSONText, Instant, Int).self)
            count = all
            return UnclaimedFile(id: id, name: name, reasons: try RemittanceJSON.reasons(reasons).map(\.code), receivedAt: receivedAt)
        }
        return (files, count - files.count)
    }

    /// Notes that somebody has dealt with it, who, and why. False when there is none of this id, or it was dismissed before.
    public static func dismiss(_ id: RemittanceID, by name: String, reason: String, at now: Instant, _ tenancy: Tenancy) async throws
        -> Bool
    {
        try await tenancy.queueRead(nil, RemittanceStore.dismiss(id, by: name, reason: reason, at: now)).affected == 1
    }
}
