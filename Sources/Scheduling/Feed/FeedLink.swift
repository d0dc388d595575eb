import Access
import Crypto
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
    let token: FeedToken

    var path: String { "/v1/calendar-feeds/" + token.text }

    static let shape = Shape<MadeFeedLink>("MadeCalendarFeed") {
        Field("id", \.link.id, .id())
        Field("path", \.path, .text(1...120), about: "The link's path. It is not shown again; whoever has it sees the calendar.")
        Field("feed", \.link, .object(FeedLink.shape))
    }
}

/// What makes a link unguessable: 256 random bits. Before them stands which location it is of, for nobody is signed in who could say so.
struct FeedToken: Sendable {
    let text: String
    let location: LocationID
    /// All that is kept of it.
    let hash: [UInt8]

    private static let prefix = "pc_f_"
    private static let secretBytes = 32

    init(at location: LocationID, _ ambient: Ambient) {
        self.init(
            FeedToken.prefix + Base64URL.encode(location.uuid.bytes + ambient.bytes(FeedToken.secretBytes)),
            location
        )
    }

    /// nil for what cannot be one of ours, before anything is asked of a database.
    init?(_ text: String) {
        guard text.hasPrefix(FeedToken.prefix), let bytes = Base64URL.decode(text.dropFirst(FeedToken.prefix.count)),
            bytes.count == 16 + FeedToken.secretBytes
        else { return nil }
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(text, LocationID(UUID(high: number(bytes[0..<8]), low: number(bytes[8..<16]))))
    }

    private init(_ text: String, _ location: LocationID) {
        self.text = text
        self.location = location
        hash = Array(SHA256.hash(data: Array(text.utf8)))
    }
}
