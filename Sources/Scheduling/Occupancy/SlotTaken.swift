import Access
import Jobs
import Values

/// The refusal of a slot: what is in the way, as far as the caller may see it, and what is free nearby.
enum SlotTaken {
    static let problem = Problem.conflict(
        "slot_taken",
        "This time is taken. See conflicts for what is in the way, and alternatives for what is free."
    )
    static let shown = 20

    static func problem(_ conflicts: [Occupancy], alternatives: [InstantRange], patient: PatientID?, showsAppointments: Bool) -> Problem {
        var problem = problem
        var writer = JSONWriter()
        writer.beginArray()
        for conflict in conflicts.prefix(shown) {
            writer.beginObject()
            writer.key(conflict.holder == patient?.uuid ? "patient_id" : "resource_id")
            writer.string(conflict.holder.description)
            write(conflict.span, &writer, "from", "until")
            if showsAppointments {
                writer.key(conflict.isHold ? "hold_id" : "appointment_id")
                writer.string(conflict.appointment.description)
            }
            writer.endObject()
        }
        writer.endArray()
        problem.extra["conflicts"] = String(decoding: writer.bytes, as: UTF8.self)
        problem.extra["alternatives"] = json(alternatives)
        return problem
    }

    /// What a refusal offers; nil when it is none that offers anything.
    static func alternatives(in refusal: Problem) -> [InstantRange]? {
        guard let text = refusal.extra["alternatives"], case .array(let items)? = try? JSON.parse(Array(text.utf8)) else { return nil }
        return items.compactMap { item in
            guard let start = item["starts_at"]?.text.flatMap(Instant.init), let end = item["ends_at"]?.text.flatMap(Instant.init) else {
                return nil
            }
            return InstantRange(start, end)
        }
    }

    static func json(_ alternatives: [InstantRange]) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        for alternative in alternatives {
            writer.beginObject()
            write(alternative, &writer, "starts_at", "ends_at")
            writer.endObject()
        }
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ span: InstantRange, _ writer: inout JSONWriter, _ start: StaticString, _ end: StaticString) {
        writer.key(start)
        writer.string(span.start.description)
        writer.key(end)
        writer.string(span.end.description)
    }
}
