import Values
import Web

/// A link to a calendar that a program subscribes to: of one provider or of one patient. Who has the link sees the calendar, until it is revoked.
struct FeedLink: Sendable, Versioned {
    let id: CalendarFeedID
    let provider: ProviderID?
    let patient: PatientID?
    var revokedAt: Instant?
    var version: Int
    let createdAt: Instant
    var updatedAt: Instant

    static let shape = Shape<FeedLink>("CalendarFeed") {
        Field("id", \.id, .id())
        Field("provider_id", \.provider, .id())
        Field("patient_id", \.patient, .id())
        Field("revoked_at", \.revokedAt, .instant)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}

/// The answer to who made it: the only time the link is shown.
struct MadeFeedLink: Sendable {
    let link: FeedLink
    let token: PlacedToken

    var path: String { "/v1/calendar-feeds/" + token.text }

    static let shape = Shape<MadeFeedLink>("MadeCalendarFeed") {
        Field("id", \.link.id, .id())
        Field("path", \.path, .text(1...120), about: "The link's path. It is not shown again; whoever has it sees the calendar.")
        Field("feed", \.link, .object(FeedLink.shape))
    }
}
