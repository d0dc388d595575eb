public import Access
import Jobs
import Tenancy
import Values
public import Web

struct BreakGlassBody: Sendable {
    var patient = PatientID(UUID(high: 0, low: 0))
    var code = ""
    var text = ""
    var minutes: Int?

    static let shape = Shape("BreakGlassRequest", BreakGlassBody()) {
        Field("patient_id", \.patient, .id())
        Field("reason_code", \.code, .code(1...38, "a-z0-9_"), example: "emergency")
        Field("reason_text", \.text, .text(3...500), example: "Unconscious after a fall; allergies must be known.")
        Field("minutes", \.minutes, .int(1...60), about: "The installation's setting when absent, and at most that.")
    }
}

struct ReviewBody: Sendable {
    var note = ""

    static let shape = Shape("ReviewBreakGlass", ReviewBody()) {
        Field("note", \.note, .text(3...2000), example: "Spoke with Dr. Okafor; the reason holds.")
    }
}

struct BreakGlassQuery: Sendable {
    var review: BreakGlass.Review?

    static let shape = Shape("BreakGlassQuery", BreakGlassQuery()) {
        Field("review", \.review, .choice(), about: "`open`: only what waits for its review.")
    }
}

extension BreakGlass: Versioned {
    static let shape = Shape<BreakGlass>("BreakGlass") {
        Field("id", \.id, .id())
        Field("location_id", \.location, .id())
        Field("staff_id", \.staff, .id())
        Field("staff_name", \.staffName, .text(1...100))
        Field("patient_id", \.patient, .id())
        Field("reason_code", \.reasonCode, .text(1...50))
        Field("reason_text", \.reasonText, .text(1...500))
        Field("started_at", \.startedAt, .instant)
        Field("expires_at", \.expiresAt, .instant)
        Field("ended_at", \.endedAt, .instant, about: "When it was ended before its time.")
        Field("review", \.review, .choice())
        Field("reviewed_at", \.reviewedAt, .instant)
        Field("reviewed_by", \.reviewedBy, .uuid)
        Field("review_note", \.reviewNote, .text(1...2000))
        Field("version", \.version, .int(1...Int.max))
    }
}

/// Emergency access to a chart, and its review by somebody else.
struct BreakGlassRoutes {
    private static let notNeeded = Problem.conflict("glass_not_needed", "You may see this chart without.")

    var routes: [Route] {
        [
            Route.createInOrganization(
                "/v1/locations/{location}/break-glass",
                "Opens one patient's chart in an emergency: to read, for an hour at most; the privacy officer is told",
                .anywhere(.patientsBreakGlass),
                body: BreakGlassBody.shape,
                answer: BreakGlass.shape,
                errors: [.notFound, BreakGlassRoutes.notNeeded, Emergencies.tooMany],
                place: { $0.id.description }
            ) { call, work, body in
                try await open(call, work, body)
            }.afterStepUp(),
            .removeInOrganization(
                "/v1/locations/{location}/break-glass/{break_glass}",
                "Ends one's own emergency access before its time",
                .anywhere(.patientsBreakGlass),
                version: .none
            ) { call, work in
                try await work.emergencies.end(try call.path.id("break_glass"), at: try call.location.id)
                work.tell(Event("chart.glass_ended", ["break_glass": try call.path.id("break_glass", BreakGlassID.self)]))
            },
            .list(
                "/v1/organizations/{organization}/break-glass",
                "Lists emergency accesses and their reviews, the newest first",
                .permission(.breakGlassReview),
                query: BreakGlassQuery.shape,
                item: BreakGlass.shape
            ) { call, query, page in
                let after = try page.after.map { (at: try $0.instant(0), id: try $0.id(1, BreakGlassID.self)) }
                let select = BreakGlass.page(review: query.review, after: after, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("break_glass.list", "break_glass", patients: .column))
                return page.page(try rows.map(BreakGlass.init)) { [.instant($0.startedAt), .id($0.id)] }
            },
            .createInOrganization(
                "/v1/organizations/{organization}/break-glass/{break_glass}/review",
                "Closes the review of an emergency access, with a note",
                .permission(.breakGlassReview),
                body: ReviewBody.shape,
                answer: BreakGlass.shape,
                errors: [Emergencies.ownReview, Emergencies.reviewed],
                status: 200
            ) { call, work, body in
                try await work.emergencies.review(try call.path.id("break_glass"), note: body.note)
            },
        ]
    }

    private func open(_ call: Call, _ work: OrganizationWork, _ body: BreakGlassBody) async throws -> BreakGlass {
        let location = try call.location
        let reason = try reason(body)
        guard !call.caller.may(.patientsRead, at: location) else { throw BreakGlassRoutes.notNeeded }
        let exists = try await call.tenancy.read(location, PatientStore.exists(body.patient))
        guard !exists.isEmpty else { throw Problem.notFound }
        let id = work.id(BreakGlassID.self)
        let seconds = min(call.access.breakGlassSeconds, Int64(body.minutes ?? 60) * 60)
        let glass = try await work.emergencies.open(id, body.patient, at: location.id, reason, seconds: seconds)
        // Before the grant commits, for it is in another database: without its record at the location it does not happen.
        try await call.access.recordGlass(id, body.patient, reason, at: location, by: call.caller)
        // The notice to the privacy officer: ids only; the reason is in the review.
        work.tell(Event("chart.glass_broken", ["break_glass": id, "organization": location.organization, "location": location.id]))
        return glass
    }

    private func reason(_ body: BreakGlassBody) throws(Problem) -> Reason {
        do {
            return try Reason(code: body.code, text: body.text)
        } catch {
            // The body has the reason's members at its top.
            throw Problem(
                error.kind,
                error.code,
                error.detail,
                errors: error.errors.map { Problem.Member($0.pointer.replacing("/reason/", with: "/reason_"), $0.code, $0.detail) }
            )
        }
    }
}

extension OrganizationWork {
    fileprivate var emergencies: Emergencies {
        Emergencies(tx, organization: organization, by: caller, now: now, ambient: ambient)
    }
}
