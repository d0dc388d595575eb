import Access
import Organizations
import Values
import Web

struct FeedRoutes {
    let settings: SettingReader

    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/calendar-feeds",
                "Makes a link with which a calendar program subscribes to a provider's or a patient's appointments",
                .permission(.appointmentsBook),
                body: MakeFeedBody.shape,
                answer: MadeFeedLink.shape,
                errors: [MakeFeedBody.oneOwner],
                place: { $0.link.id.description }
            ) { _, work, body in
                try await MakeFeed(body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/calendar-feeds",
                "Lists the links to calendars, revoked ones too; never the links themselves",
                .permission(.appointmentsRead),
                item: FeedLink.shape
            ) { call, page in
                let after = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, CalendarFeedID.self)) }
                let rows = try await call.read(
                    FeedStore.page(after: after, limit: page.fetch),
                    ReadAct("feed.list", "calendar_feed", patients: .column)
                )
                return page.page(try rows.map(FeedStore.link)) { [.instant($0.createdAt), .id($0.id)] }
            },
            .remove(
                "/v1/locations/{location}/calendar-feeds/{feed}",
                "Revokes a link to a calendar at once",
                .permission(.appointmentsBook),
                version: .none
            ) { call, work in
                try await RevokeFeed(id: try call.path.id("feed", CalendarFeedID.self)).run(work)
            },
            .file(
                "/v1/calendar-feeds/{token:code}",
                "The calendar behind a link, as iCalendar; not found when the link is wrong or revoked",
                .everybody,
                query: NoDetails.shape,
                media: "text/calendar",
                errors: [CalendarFeed.tooLarge],
                version: { [settings] call in try await ReadFeed(call: call, settings: settings).version() }
            ) { [settings] call, _ in
                try await ReadFeed(call: call, settings: settings).run()
            },
        ]
    }
}
