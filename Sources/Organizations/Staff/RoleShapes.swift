import Access
import Values
import Web

/// A role as it is listed: one of the built-in ones, or the organization's own.
struct ListedRole: Sendable, Versioned {
    let builtIn: BuiltInRole?
    let id: RoleID?
    let name: String
    let permissions: [Permission]
    let version: Int

    init(_ role: BuiltInRole) {
        builtIn = role
        id = nil
        name = role.rawValue
        permissions = role.permissions.sorted()
        version = 1
    }

    init(_ role: Role) {
        builtIn = nil
        id = role.id
        name = role.name
        permissions = role.permissions.sorted()
        version = role.version
    }

    static let shape = Shape<ListedRole>("Role") {
        Field("id", \.id, .id(), about: "null for the built-in roles, which cannot be changed.")
        Field("built_in_role", \.builtIn, .choice())
        Field("name", \.name, .text(1...100), example: "Recall desk")
        Field("permissions", \.permissions, .list(of: .choice(), 1...100))
        Field("version", \.version, .int(1...Int.max))
    }
}

struct CreateRoleBody: Sendable {
    var name = ""
    var permissions: [Permission] = []

    static let shape = Shape("CreateRole", CreateRoleBody()) {
        Field("name", \.name, .text(1...100), example: "Recall desk")
        Field("permissions", \.permissions, .list(of: .choice(), 1...100, unique: true), example: [.patientsRead])
    }
}

struct ChangeRoleBody: Sendable {
    var name: String?
    var permissions: [Permission]?
    var reason = ReasonBody()

    static let shape = Shape("ChangeRole", ChangeRoleBody()) {
        Field("name", \.name, .text(1...100), null: false)
        Field("permissions", \.permissions, .list(of: .choice(), 1...100, unique: true), null: false)
        Field("reason", \.reason, .object(ReasonBody.shape))
    }
}

extension Set<Permission> {
    func sorted() -> [Permission] { sorted { $0.rawValue < $1.rawValue } }
}
