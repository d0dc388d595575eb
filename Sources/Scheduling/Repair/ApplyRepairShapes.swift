import Values
import Web

/// The moves to be made, all or none: those of a proposal, or others.
struct ApplyRepairBody: Sendable {
    struct Move: Sendable {
        var appointment = AppointmentID.blank
        var version = 0
        var start = Instant.blank
        var provider = ProviderID.blank
        var resources: [ResourceID] = []

        static let shape = Shape("RepairMove", Move()) {
            Field("appointment_id", \.appointment, .id())
            Field("version", \.version, .int(1...Int.max), example: 1)
            Field("starts_at", \.start, .instant, example: Instant("2026-03-02T14:30:00Z"))
            Field("provider_id", \.provider, .id())
            Field("resource_ids", \.resources, .list(of: .id(), 0...10))
        }
    }

    var moves: [Move] = []

    static let mostMoves = 200
    static let twice = Problem.invalid("/moves", "duplicate", "Move each appointment once.")

    static let shape = Shape("ApplyRepair", ApplyRepairBody()) {
        Field("moves", \.moves, .list(of: .object(Move.shape), 1...mostMoves))
    }
}

/// What was moved.
struct RepairResult: Sendable {
    let appointments: [Appointment]

    static let shape = Shape<RepairResult>("Repair") {
        Field("appointments", \.appointments, .list(of: .object(Appointment.shape), 0...ApplyRepairBody.mostMoves))
    }
}
