import Values
public import Web

struct CreateDatedHoursBody: Sendable {
    var resource: ResourceID?
    var fromDay = Day.blank
    var throughDay: Day?
    var parts: [DayPartBody] = []
    var reason = ""

    static let shape = Shape("CreateDatedHours", CreateDatedHoursBody()) {
        Field("resource_id", \.resource, .id(), about: "Whose hours; the location's own when absent.")
        Field("from_day", \.fromDay, .day, example: Day("2026-12-24"))
        Field("through_day", \.throughDay, .day, about: "The last day; the first when absent.")
        Field(
            "hours",
            \.parts,
            .list(of: .object(DayPartBody.shape), 0...6),
            optional: true,
            about: "Instead of the weekly ones; none is a day off, at the location a closure."
        )
        Field("reason", \.reason, .text(1...200), example: "Christmas Eve")
    }
}

struct ChangeDatedHoursBody: Sendable {
    var fromDay: Day?
    var throughDay: Day?
    var parts: [DayPartBody]?
    var reason: String?

    static let shape = Shape("ChangeDatedHours", ChangeDatedHoursBody()) {
        Field("from_day", \.fromDay, .day, null: false)
        Field("through_day", \.throughDay, .day, null: false)
        Field("hours", \.parts, .list(of: .object(DayPartBody.shape), 0...6), null: false)
        Field("reason", \.reason, .text(1...200), null: false)
    }
}

extension DatedHours: Versioned {
    static let shape = Shape<DatedHours>("DatedHours") {
        Field("id", \.id, .id())
        Field("resource_id", \.resource, .id())
        Field("from_day", \.fromDay, .day)
        Field("through_day", \.throughDay, .day)
        Field("hours", \.bodies, .list(of: .object(DayPartBody.shape), 0...6))
        Field("reason", \.reason, .text(1...200))
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
        Field("updated_by", \.updatedBy, .uuid)
    }

    private var bodies: [DayPartBody] { parts.map(DayPartBody.init) }

    /// The parts in order. Errors: all that end before they begin; `hours_overlap`.
    static func parts(_ bodies: [DayPartBody]) throws(Problem) -> [DayPart] {
        var errors: [Problem.Member] = []
        var parts: [DayPart] = []
        for (index, body) in bodies.enumerated() {
            guard let part = DayPart(body.from, body.until) else {
                errors.append(Problem.Member("/hours/\(index)/until", "before_from", DayPart.backwards))
                continue
            }
            parts.append(part)
        }
        guard errors.isEmpty else {
            throw Problem(.invalid, "invalid_request", "One or more members are wrong; see errors.", errors: errors)
        }
        parts.sort { $0.from < $1.from }
        guard !zip(parts, parts.dropFirst()).contains(where: { $0.overlaps($1) }) else { throw WeeklyHours.overlap }
        return parts
    }
}
