import Access
import Values
import Web

/// What is out, on which day.
struct ProposeRepairBody: Sendable {
    struct Out: Sendable {
        var resource: ResourceID?
        var start = Instant.blank
        var end = Instant.blank
        var reasonCode = "absence"
        var reasonText: String?

        static let shape = Shape("Outage", Out()) {
            Field("resource_id", \.resource, .id(), about: "A provider, room, chair or device; everything at the location when absent.")
            Field("starts_at", \.start, .instant, example: Instant("2026-03-02T15:00:00Z"))
            Field("ends_at", \.end, .instant, example: Instant("2026-03-02T20:00:00Z"))
            Field(
                "reason_code",
                \.reasonCode,
                .code(1...50, "a-z0-9_"),
                example: "absence",
                optional: true,
                about: "Of the block that the repair is to write."
            )
            Field("reason_text", \.reasonText, .note(1...500))
        }

        /// What keeps the time free once the repair is made.
        var block: CreateBlockBody {
            CreateBlockBody(resource: resource, start: start, end: end, reasonCode: reasonCode, reasonText: reasonText)
        }

        func outage() throws(Problem) -> Outage {
            guard let span = InstantRange(start, end) else { throw ProposeRepairBody.backwards }
            return Outage(resource: resource, span: span)
        }
    }

    var day = Day.blank
    var outages: [Out] = []
    var step = 15
    var others = 2
    var keepsProviders = false

    static let backwards = Problem.invalid("/outages", "before_start", "An outage must end after it begins.")
    static let tooMuch = Problem.invalid("too_much_booked", "More is booked on this day than can be looked at together.")

    static let shape = Shape("ProposeRepair", ProposeRepairBody()) {
        Field("day", \.day, .day, example: Day("2026-03-02"), about: "On the location's calendar.")
        Field("outages", \.outages, .list(of: .object(Out.shape), 1...RepairBlocks.most))
        Field("step", \.step, .int(5...60), optional: true, about: "Proposed times begin at multiples of so many minutes of the day.")
        Field(
            "others_at_most",
            \.others,
            .int(0...5),
            optional: true,
            about: "How many patients whom nothing forces to move may be moved to make room."
        )
        Field("keep_providers", \.keepsProviders, .bool, optional: true, about: "Nobody is given another provider.")
    }

    /// Errors: `unknown_reference` for each resource that is not here.
    func check(_ known: Set<ResourceID>) throws(Problem) {
        var errors: [Problem.Member] = []
        for (index, out) in outages.enumerated() {
            guard let resource = out.resource, !known.contains(resource) else { continue }
            errors.append(
                Problem.Member("/outages/\(index)/resource_id", "unknown_reference", "There is no such resource at this location.")
            )
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
    }
}

struct RepairAnswer: Sendable {
    let day: Day
    let timeZone: String
    let proposal: RepairProposal
    let blocks: [CreateBlockBody]

    static let shape = Shape<RepairAnswer>("RepairProposal") {
        Field("day", \.day, .day)
        Field("time_zone", \.timeZone, .text(3...64), example: "America/New_York")
        Field("best", \.proposal.isBest, .bool, about: "Whether no better proposal exists; a very full day ends the search early.")
        Field("affected", \.proposal.affected, .int(0...Int.max), about: "Appointments that an outage touches.")
        Field("moved", \.proposal.moved, .int(0...Int.max))
        Field("disturbed", \.proposal.disturbed, .int(0...Int.max), about: "Patients who get another time or another provider.")
        Field("cannot_be_placed", \.proposal.stuck, .int(0...Int.max))
        Field("items", \.proposal.items, .list(of: .object(RepairProposal.Item.shape), 0...RepairStore.mostVisits))
        Field(
            "blocks",
            \.blocks,
            .list(of: .object(CreateBlockBody.shape), 0...RepairBlocks.most),
            about: "The outages as blocks, to be sent with the moves: the time is then blocked by the repair itself."
        )
    }
}

extension RepairProposal.Item {
    static let shape = Shape<RepairProposal.Item>("RepairItem") {
        Field("appointment_id", \.visit.id, .id())
        Field("version", \.visit.version, .int(1...Int.max), about: "To be sent back with the move: a change meanwhile is noticed.")
        Field("patient_id", \.visit.patient, .id(), visible: .appointmentsRead)
        Field("affected", \.isAffected, .bool)
        Field("verdict", \.verdict, .choice())
        Field("reason", \.reason, .choice(), about: "Why it cannot be placed.")
        Field("from", \.from, .object(RepairPlace.shape))
        Field("to", \.to, .object(RepairPlace.shape), about: "Null unless it moves.")
    }

    private var from: RepairPlace { RepairPlace(provider: visit.provider, further: visit.further, span: visit.span) }
}

extension RepairPlace {
    static let shape = Shape<RepairPlace>("RepairPlace") {
        Field("provider_id", \.providerID, .id())
        Field("resource_ids", \.further, .list(of: .id(), 0...10))
        Field("starts_at", \.span.start, .instant)
        Field("ends_at", \.span.end, .instant)
    }

    private var providerID: ProviderID { ProviderID(provider.uuid) }
}
