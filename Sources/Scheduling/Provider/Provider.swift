public import Values

/// Somebody who treats patients: a resource with a name of two parts and, where claims are made, an NPI.
public struct Provider: Sendable, Hashable {
    public var id: ProviderID
    public var givenName: String
    public var familyName: String
    public var npi: NPI?
    /// A code of the NUCC provider taxonomy: ten characters.
    public var taxonomy: String?
    /// How many appointments at once; 1 means one patient at a time.
    public var lanes: Int
    public var shared: Bool
    public var active: Bool
    public var version: Int
    public var createdAt: Instant
    public var updatedAt: Instant

    /// As calendars show it.
    public var name: String { "\(givenName) \(familyName)" }

    static let npiTaken = Problem.conflict("npi_taken", "Another provider of this location has this NPI.")

    /// The provider's calendar.
    var resource: Resource {
        Resource(
            id: id.resource,
            kind: .provider,
            name: name,
            lanes: lanes,
            shared: shared,
            active: active,
            version: version,
            createdAt: createdAt,
            updatedAt: updatedAt
        )
    }
}
