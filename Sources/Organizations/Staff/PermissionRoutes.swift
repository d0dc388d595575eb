import Access
import Web

/// A permission as people who grant it read it.
struct ListedPermission: Sendable {
    let permission: Permission

    var name: String { permission.rawValue }
    var scope: Scope { Scope(rawValue: permission.scope.rawValue) ?? .location }
    var meaning: String { permission.meaning }

    enum Scope: String, Sendable, CaseIterable {
        case location, organization, account, platform
    }

    static let shape = Shape<ListedPermission>("Permission") {
        Field("name", \.name, .text(1...60), example: "patients.read")
        Field(
            "scope",
            \.scope,
            .choice(),
            about: "location: held organization-wide or at single locations. organization: organization-wide only."
        )
        Field("meaning", \.meaning, .text(1...200))
    }
}

struct PermissionRoutes {
    var routes: [Route] {
        [
            .list("/v1/permissions", "Lists all permissions there are", .signedIn, item: ListedPermission.shape) { _, _ in
                Page(Permission.allCases.map { ListedPermission(permission: $0) })
            }
        ]
    }
}
