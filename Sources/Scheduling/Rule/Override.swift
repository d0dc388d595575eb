import Access
import Jobs
import Values
public import Web

/// Why somebody sets rules of the schedule aside.
public struct Override: Sendable, Hashable {
    var code = ""
    var text = ""

    public static let shape = Shape("Override", Override()) {
        Field("reason_code", \.code, .code(1...50, "a-z0-9_"), example: "urgent")
        Field("reason_text", \.text, .text(3...500), example: "Seen by the provider between two visits")
    }

    static let denied = Problem.forbidden(
        "override_denied",
        "Setting rules of the schedule aside needs the permission appointments.override. Choose another time."
    )

    /// The reason, from somebody who may. Errors: `override_denied`, an unusable reason.
    func reason(_ work: Work) throws(Problem) -> Reason {
        guard work.caller.may(.appointmentsOverride, at: work.location) else { throw Override.denied }
        return try Reason(code: code, text: text)
    }
}

/// The refusal of a time by rules, with all that stands in its way.
enum NotBookable {
    static let problem = Problem.conflict(
        "not_bookable",
        "The schedule's rules are against this time. See obstacles for which, who set them, and what would free it; and alternatives."
    )

    static func problem(_ obstacles: [Obstacle], alternatives: [InstantRange], showsAppointments: Bool) -> Problem {
        var problem = problem
        problem.extra["obstacles"] = json(obstacles, showsAppointments: showsAppointments)
        problem.extra["alternatives"] = SlotTaken.json(alternatives)
        return problem
    }

    static func json(_ obstacles: [Obstacle], showsAppointments: Bool) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for obstacle in obstacles.prefix(SlotTaken.shown) {
            Obstacle.shape.write(obstacle.shown(withAppointments: showsAppointments), into: &writer, viewer: .everything)
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
