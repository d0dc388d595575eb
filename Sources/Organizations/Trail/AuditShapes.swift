import Access
import Values
import Web

struct AuditEntriesQuery: Sendable {
    var patient: PatientID?
    var actor: UUID?
    var action: String?
    var from: Instant?
    var until: Instant?

    static let shape = Shape("AuditQuery", AuditEntriesQuery()) {
        Field("patient_id", \.patient, .id())
        Field("actor_id", \.actor, .uuid, about: "A staff member's or an API key's id.")
        Field("action", \.action, .code(1...60, "a-z_."), example: "patient.read")
        Field("from", \.from, .instant)
        Field("until", \.until, .instant, about: "The first moment not asked for.")
    }

    func query(_ page: PageRequest) throws -> AuditQuery {
        AuditQuery(
            patient: patient,
            actor: actor,
            action: action,
            from: from,
            until: until,
            after: try page.after.map { AuditCursor(at: try $0.instant(0), id: try $0.id(1)) },
            limit: page.fetch
        )
    }
}

extension AuditEntry {
    static let shape = Shape<AuditEntry>("AuditEntry") {
        Field("id", \.id, .id())
        Field("at", \.at, .instant)
        Field("actor_kind", \.actorKind, .text(1...20), example: "staff")
        Field("actor_id", \.actorID, .uuid)
        Field("actor_name", \.actorName, .text(0...200))
        Field("on_behalf_of", \.onBehalfOf, .uuid, about: "For the system: whose decision it carried out.")
        Field("session_id", \.session, .id())
        Field("request_id", \.requestID, .uuid)
        Field("source", \.source, .text(1...45))
        Field("action", \.action, .text(1...60), example: "patient.read")
        Field("object_kind", \.objectKind, .text(1...60))
        Field("object_id", \.objectID, .uuid)
        Field("object_ids", \.objects, .list(of: .uuid, 0...Int.max), about: "Of a list: everything that was shown.")
        Field("patient_ids", \.patients, .list(of: .id(), 0...Int.max))
        Field("result", \.result, .text(1...20), example: "ok")
        Field("reason_code", \.reasonCode, .text(1...50))
        Field("reason_text", \.reasonText, .note(1...500))
        Field("changed", \.changed, .list(of: .text(1...100), 0...Int.max), about: "Names of members, never values.")
    }
}
