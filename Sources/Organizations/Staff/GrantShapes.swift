import Access
import Values
import Web

/// What somebody may do, and where: exactly one of a built-in role, a role of the organization, or a single permission.
struct GrantBody: Sendable {
    var builtIn: BuiltInRole?
    var role: RoleID?
    var permission: Permission?
    var location: LocationID?
    var effect = GrantRule.Effect.allow
    var until: Instant?

    static let shape = Shape("NewGrant", GrantBody()) {
        Field("built_in_role", \.builtIn, .choice(), example: .frontDesk)
        Field("role_id", \.role, .id())
        Field("permission", \.permission, .choice())
        Field("location_id", \.location, .id(), about: "null or absent: the whole organization.")
        Field("effect", \.effect, .choice(), optional: true, about: "A deny beats every allow.")
        Field("until", \.until, .instant)
    }

    /// - Parameter pointer: Where in the request this stands.
    func grant(at pointer: String) throws(Problem) -> NewGrant {
        let what: Grantable? =
            switch (builtIn, role, permission) {
            case (let builtIn?, nil, nil): .builtIn(builtIn)
            case (nil, let role?, nil): .role(role)
            case (nil, nil, let permission?): .permission(permission)
            default: nil
            }
        guard let what else {
            throw Problem.invalid(pointer, "one_of", "Send exactly one of built_in_role, role_id and permission.")
        }
        return NewGrant(what, at: location, effect: effect, until: until)
    }
}

struct AddGrantBody: Sendable {
    var grant = GrantBody()
    var reason = ReasonBody()

    static let shape = Shape("AddGrant", AddGrantBody()) {
        Field("grant", \.grant, .object(GrantBody.shape))
        Field("reason", \.reason, .object(ReasonBody.shape))
    }
}

extension Grant {
    static let shape = Shape<Grant>("Grant") {
        Field("id", \.id, .id())
        Field("staff_id", \.staff, .id())
        Field("built_in_role", \.builtIn, .choice())
        Field("role_id", \.role, .id())
        Field("permission", \.permission, .choice())
        Field("location_id", \.location, .id())
        Field("effect", \.effect, .choice())
        Field("until", \.until, .instant)
        Field("created_at", \.createdAt, .instant)
    }

    private var builtIn: BuiltInRole? { if case .builtIn(let role) = what { role } else { nil } }
    private var role: RoleID? { if case .role(let id) = what { id } else { nil } }
    private var permission: Permission? { if case .permission(let permission) = what { permission } else { nil } }
}
