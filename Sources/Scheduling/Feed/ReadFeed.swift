import Access
import Organizations
import Postgres
import Tenancy
import Values
import Web

/// What a subscriber's program fetches every now and then, with nothing but the link.
struct ReadFeed {
    let call: Call
    let settings: SettingReader

    /// From so many days ago until so many days from now.
    private static let daysBack = 30
    private static let daysAhead = 400

    /// Made anew by each of the two questions; what it finds decides whether there is such a link.
    private struct Asked {
        let token: PlacedToken
        let location: Location
        let window: InstantRange
        let names: Bool

        /// What the settings decide is part of the version.
        var words: String { (names ? "names " : "busy ") + location.name }
    }

    /// The number alone, for who has the current text already: nothing is shown then, so nothing is recorded.
    func version() async throws -> Int? {
        let asked = try await asked()
        let rows = try await call.tenancy.read(asked.location, FeedStore.version(asked.token.hash, asked.words, in: asked.window))
        return try rows.first?.value(0, as: Int.self)
    }

    func run() async throws -> Attachment {
        let asked = try await asked()
        return try await call.tenancy.read(asked.location, lazily: true) { tx in
            let answers = try await tx.query([
                FeedStore.live(asked.token.hash), FeedStore.version(asked.token.hash, asked.words, in: asked.window),
                FeedStore.events(asked.token.hash, in: asked.window),
            ])
            guard let link = try answers[0].first.map(FeedStore.link) else { throw Problem.notFound }
            guard answers[2].count < FeedStore.limit else { throw CalendarFeed.tooLarge }
            let shown = try answers[2].map(FeedStore.event)
            tx.audit(
                Act(
                    "feed.read",
                    "calendar_feed",
                    link.id,
                    patients: Set(shown.map(\.patient) + (link.patient.map { [$0] } ?? [])).sorted(),
                    objects: shown.map(\.id.uuid)
                ),
                by: call.caller,
                at: call.now,
                ambient: call.ambient
            )
            let name = asked.location.name
            let feed = try CalendarFeed(name, shown.map { $0.event(in: link, at: name, names: asked.names) })
            return Attachment(
                Array(try feed.text().utf8),
                media: "text/calendar",
                name: "calendar.ics",
                version: try answers[1].first?.value(0)
            )
        }
    }

    private func asked() async throws -> Asked {
        guard let token = PlacedToken(.feed, try call.path.text("token")) else { throw Problem.notFound }
        let location = try await token.place(call.tenancy)
        // Whole days, so that the same appointments are shown, and the same text is, all day long.
        let today = location.rules.wallClock(at: call.now).day
        let first = location.rules.start(of: today.adding(days: -ReadFeed.daysBack))
        guard let window = InstantRange(first, location.rules.start(of: today.adding(days: ReadFeed.daysAhead))) else {
            throw Problem.notFound
        }
        let names = try await settings.values(at: location).number(.feedNames) == 1
        return Asked(token: token, location: location, window: window, names: names)
    }
}
