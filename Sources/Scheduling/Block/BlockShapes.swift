import Values
public import Web

struct CreateBlockBody: Sendable {
    var resource: ResourceID?
    var start = Instant.blank
    var end = Instant.blank
    var reasonCode = ""
    var reasonText: String?

    static let shape = Shape("CreateBlock", CreateBlockBody()) {
        Field("resource_id", \.resource, .id(), about: "A provider, room, chair or device; everything at the location when absent.")
        Field("starts_at", \.start, .instant, example: Instant("2026-03-02T12:00:00Z"))
        Field("ends_at", \.end, .instant, example: Instant("2026-03-02T13:00:00Z"))
        Field("reason_code", \.reasonCode, .code(1...50, "a-z0-9_"), example: "team_meeting")
        Field("reason_text", \.reasonText, .note(1...500))
    }
}

struct ChangeBlockBody: Sendable {
    var start: Instant?
    var end: Instant?
    var reasonCode: String?
    var reasonText = Change<String>.keep

    static let shape = Shape("ChangeBlock", ChangeBlockBody()) {
        Field("starts_at", \.start, .instant, null: false)
        Field("ends_at", \.end, .instant, null: false)
        Field("reason_code", \.reasonCode, .code(1...50, "a-z0-9_"), null: false)
        Field("reason_text", \.reasonText, .note(1...500))
    }
}

struct BlockQuery: Sendable {
    var resource: ResourceID?
    var from: Instant?
    var until: Instant?

    static let shape = Shape("BlockQuery", BlockQuery()) {
        Field("resource_id", \.resource, .id())
        Field("from", \.from, .instant, about: "Those that end after it.")
        Field("until", \.until, .instant, about: "Those that begin before it.")
    }
}

extension Block: Versioned {
    static let shape = Shape<Block>("Block") {
        Field("id", \.id, .id())
        Field("resource_id", \.resource, .id())
        Field("starts_at", \.startsAt, .instant)
        Field("ends_at", \.endsAt, .instant)
        Field("reason_code", \.reasonCode, .text(1...50))
        Field("reason_text", \.reasonText, .note(1...500))
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
        Field("updated_by", \.updatedBy, .uuid)
    }
}
