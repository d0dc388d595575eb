import Access
import Values
import Web

struct WaitlistRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/waitlist-entries",
                "Puts a patient on the waitlist",
                .permission(.appointmentsBook),
                body: CreateWaitlistBody.shape,
                answer: WaitlistEntry.shape,
                errors: [WaitlistEntry.backwards] + NameElsewhere.errors,
                place: { $0.id.description }
            ) { call, work, body in
                try await CreateWaitlistEntry(body: body, call: call).run(work)
            },
            .list(
                "/v1/locations/{location}/waitlist-entries",
                "Lists who waits, and who did",
                .permission(.appointmentsRead),
                query: WaitlistQuery.shape,
                item: WaitlistEntry.shape
            ) { call, query, page in
                let after = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, WaitlistEntryID.self)) }
                let rows = try await call.read(
                    WaitlistStore.page(query, after: after, limit: page.fetch),
                    ReadAct("waitlist.list", "waitlist_entry", patients: .column)
                )
                let organization = try call.organization
                let entries = try rows.map { try WaitlistStore.entry($0).shown(to: call.caller, in: organization) }
                return page.page(entries) { [.instant($0.createdAt), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/waitlist-entries/{entry}",
                "Shows an entry of the waitlist",
                .permission(.appointmentsRead),
                answer: WaitlistEntry.shape
            ) { call in
                let id = try call.path.id("entry", WaitlistEntryID.self)
                let rows = try await call.read(
                    WaitlistStore.one(id),
                    ReadAct("waitlist.read", "waitlist_entry", patients: .column)
                )
                guard let row = rows.first else { throw Problem.notFound }
                return try WaitlistStore.entry(row).shown(to: call.caller, in: try call.organization)
            },
            .change(
                "/v1/locations/{location}/waitlist-entries/{entry}",
                "Changes what a patient waits for",
                .permission(.appointmentsBook),
                body: ChangeWaitlistBody.shape,
                answer: WaitlistEntry.shape,
                errors: [WaitlistEntry.backwards, WaitlistEntry.notWaiting] + NameElsewhere.errors
            ) { call, work, body in
                try await ChangeWaitlistEntry(id: try call.path.id("entry", WaitlistEntryID.self), body: body, call: call).run(work)
            },
            .remove(
                "/v1/locations/{location}/waitlist-entries/{entry}",
                "Takes a patient off the waitlist",
                .permission(.appointmentsBook),
                errors: [WaitlistEntry.notWaiting]
            ) { call, work in
                try await RemoveWaitlistEntry(id: try call.path.id("entry", WaitlistEntryID.self)).run(work)
            },
        ]
    }
}
