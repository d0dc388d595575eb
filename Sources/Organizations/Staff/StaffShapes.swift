public import Access
import Values
public import Web

/// Why: asked for wherever an act is sensitive.
struct ReasonBody: Sendable {
    var code = ""
    var text = ""

    static let shape = Shape("Reason", ReasonBody()) {
        Field("code", \.code, .code(1...50, "a-z0-9_"), example: "left_practice")
        Field("text", \.text, .note(3...500), example: "Left on Friday.")
    }

    func reason() throws(Problem) -> Reason { try Reason(code: code, text: text) }
}

/// A body that holds nothing but the reason.
struct ReasonedBody: Sendable {
    var reason = ReasonBody()

    static let shape = Shape("Reasoned", ReasonedBody()) {
        Field("reason", \.reason, .object(ReasonBody.shape))
    }
}

extension StaffMember: Versioned {
    static let shape = Shape<StaffMember>("StaffMember") {
        Field("id", \.id, .id())
        Field("account_id", \.account, .id(), about: "null until the invitation is accepted.")
        Field("name", \.name, .text(1...100), example: "Ada Park")
        Field("email", \.email, .text(3...254))
        Field("state", \.state, .choice())
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}

extension Invitation {
    static let shape = Shape<Invitation>("Invitation") {
        Field("staff_id", \.staff, .id())
        Field("token", \.token, .text(1...200), about: "Whoever has it can join: hand it to the person and to nobody else.")
        Field("expires_at", \.expiresAt, .instant)
    }
}

struct InviteBody: Sendable {
    var email = ""
    var name = ""
    var grants: [GrantBody] = []

    static let shape = Shape("InviteStaff", InviteBody()) {
        Field("email", \.email, .email, example: "ada@riverside.example")
        Field("name", \.name, .text(1...100), example: "Ada Park")
        Field("grants", \.grants, .list(of: .object(GrantBody.shape), 1...20))
    }
}

struct RenameStaffBody: Sendable {
    var name = ""

    static let shape = Shape("RenameStaff", RenameStaffBody()) {
        Field("name", \.name, .text(1...100), example: "Ada Park")
    }
}
