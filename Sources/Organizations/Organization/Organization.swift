import Postgres
import Tenancy
import Values
import Web

/// The customer: whose locations, staff and billing entities these are.
struct Organization: Sendable, Versioned {
    enum State: String, Sendable, CaseIterable, Bindable, Readable {
        case active, suspended
    }

    let id: OrganizationID
    let name: String
    let kind: ClinicKind
    let state: State
    let version: Int
    let createdAt: Instant
    let updatedAt: Instant

    static let nameTaken = Problem.conflict("organization_name_taken", "This name is taken.")

    static let shape = Shape<Organization>("Organization") {
        Field("id", \.id, .id())
        Field("name", \.name, .text(1...100), example: "Riverside Health")
        Field("kind", \.kind, .choice())
        Field("state", \.state, .choice())
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}

struct ChangeOrganizationBody: Sendable {
    var name = ""

    static let shape = Shape("ChangeOrganization", ChangeOrganizationBody()) {
        Field("name", \.name, .text(1...100), example: "Riverside Health")
    }
}
