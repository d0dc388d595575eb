import Crypto
import Postgres
public import Tenancy
public import Values

/// A chain of entries: a location's, or an organization's own.
public enum Trail: Sendable, Hashable {
    case location(Location)
    case organization(OrganizationID)

    public var id: UUID {
        switch self {
        case .location(let location): location.id.uuid
        case .organization(let organization): organization.uuid
        }
    }

    public var kind: String {
        switch self {
        case .location: "location"
        case .organization: "organization"
        }
    }

    var entries: Statement { pick("{location}.audit_entry", "control.audit_entry") }
    var unsealed: Statement { pick("{location}.audit_unsealed", "control.audit_unsealed") }
    var seals: Statement { pick("{location}.audit_seal", "control.audit_seal") }

    private func pick(_ location: Statement, _ organization: Statement) -> Statement {
        switch self {
        case .location: location
        case .organization: organization
        }
    }

    /// What the first seal names as its predecessor: no chain can be passed off as another.
    var genesis: [UInt8] { Array(SHA256.hash(data: Array("polyclinic trail 1 \(kind) \(id)".utf8))) }

    /// One sealer at a time.
    var lock: Int64 { Int64(bitPattern: SHA256.hash(data: genesis).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) }
}

extension Tenancy {
    func read(_ trail: Trail, _ statement: Statement) async throws -> Rows {
        switch trail {
        case .location(let location): try await read(location, statement)
        case .organization(let organization): try await organizationRead(organization, statement)
        }
    }

    func transaction<T: Sendable>(_ trail: Trail, _ body: (Transaction) async throws -> T) async throws -> T {
        switch trail {
        case .location(let location): try await transaction(location, body)
        case .organization(let id): try await organization(id, body)
        }
    }
}

extension Access {
    /// Every trail there is: what the sealer goes through each minute.
    public func trails() async throws -> [Trail] {
        var trails: [Trail] = []
        var last: OrganizationID?
        while true {
            let rows = try await tenancy.signInRead(
                "select id from control.organization where (\(last)::uuid is null or id > \(last)) order by id limit 500"
            )
            for row in rows {
                let organization = try row.value(0, as: OrganizationID.self)
                trails.append(.organization(organization))
                trails += try await tenancy.locations(of: organization).map(Trail.location)
                last = organization
            }
            if rows.count < 500 { return trails }
        }
    }
}
