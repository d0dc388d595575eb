import Access
import Tenancy
import Values
import Web

struct OfferRoutes {
    let tenancy: Tenancy

    var routes: [Route] { listing + claiming }

    private var listing: [Route] {
        [
            .list(
                "/v1/locations/{location}/waitlist-offers",
                "Lists to whom freed time was offered, and why to them",
                .permission(.appointmentsRead),
                query: OfferQuery.shape,
                item: WaitlistOffer.shape
            ) { call, query, page in
                let after = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, WaitlistOfferID.self)) }
                let rows = try await call.read(
                    OfferStore.page(query, after: after, limit: page.fetch),
                    ReadAct("waitlist.offers", "waitlist_offer", patients: .column)
                )
                return page.page(try rows.map(OfferStore.offer)) { [.instant($0.createdAt), .id($0.id)] }
            },
            .list(
                "/v1/locations/{location}/freed-slots",
                "Lists time that cancellations and moves freed, who took it, and how many minutes were recovered",
                .permission(.appointmentsRead),
                query: RecoveredQuery.shape,
                item: FreedSlot.shape
            ) { call, query, page in
                let after = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, FreedSlotID.self)) }
                let rows = try await call.read(
                    FreedSlotStore.page(query, after: after, limit: page.fetch),
                    ReadAct("waitlist.ledger", "freed_slot", patients: .column)
                )
                let organization = try call.organization
                let slots = try rows.map { try FreedSlotStore.slot($0).shown(to: call.caller, in: organization) }
                return page.page(slots) { [.instant($0.createdAt), .id($0.id)] }
            },
        ]
    }

    private var claiming: [Route] {
        [
            .create(
                "/v1/locations/{location}/waitlist-offers/{offer}/link",
                "Makes the link that claims an offer, once; a newer link replaces it",
                .permission(.appointmentsBook),
                body: NoDetails.shape,
                answer: OfferLink.shape,
                errors: [WaitlistOffer.used, WaitlistOffer.taken, WaitlistOffer.expired]
            ) { call, work, _ in
                try await MakeOfferLink(id: try call.path.id("offer", WaitlistOfferID.self)).run(work)
            },
            .create(
                "/v1/locations/{location}/waitlist-claims",
                "Claims offered time with its link: the first has it",
                .permission(.appointmentsBook),
                body: ClaimBody.shape,
                answer: Claimed.shape,
                errors: [
                    WaitlistOffer.unknown, WaitlistOffer.used, WaitlistOffer.taken, WaitlistOffer.expired, NotBookable.problem,
                    Slot.resourceGone, Slot.outsideAllotment, WaitlistOffer.releaseDenied,
                ]
            ) { [tenancy] _, work, body in
                try await ClaimOffer(body: body, tenancy: tenancy).run(work)
            },
        ]
    }
}
