import Access
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

    /// What becomes of the patients who are moved.
    enum Patients: String, Sendable, CaseIterable {
        case told, asked
    }

    var moves: [Move] = []
    var blocks: [CreateBlockBody] = []
    var leavesBooked = false
    var patients = Patients.told

    static let mostMoves = 200
    static let twice = Problem.invalid("/moves", "duplicate", "Move each appointment once.")
    static let nothing = Problem.invalid("/moves", "too_few", "Send moves, or blocks, or both.")

    static let shape = Shape("ApplyRepair", ApplyRepairBody()) {
        Field("moves", \.moves, .list(of: .object(Move.shape), 0...mostMoves))
        Field(
            "blocks",
            \.blocks,
            .list(of: .object(CreateBlockBody.shape), 0...RepairBlocks.most),
            optional: true,
            about: "Time that is blocked in the same moment, as the proposal's blocks say it. Needs schedule.block."
        )
        Field(
            "leave_booked",
            \.leavesBooked,
            .bool,
            optional: true,
            about: "Blocks the time though somebody stays booked in it; who is then listed in left."
        )
        Field(
            "patients",
            \.patients,
            .choice(),
            optional: true,
            about: "Whether patients who get another time or provider are told, or asked and may decline."
        )
    }
}

/// What was moved, what was blocked, who is still booked in that time, and who is asked.
struct RepairResult: Sendable {
    let appointments: [Appointment]
    let blocks: [Block]
    let left: [RepairLeft]
    let questions: [RepairQuestion]

    static let shape = Shape<RepairResult>("Repair") {
        Field("appointments", \.appointments, .list(of: .object(Appointment.shape), 0...ApplyRepairBody.mostMoves))
        Field("blocks", \.blocks, .list(of: .object(Block.shape), 0...RepairBlocks.most))
        Field(
            "left",
            \.left,
            .list(of: .object(RepairLeft.shape), 0...RepairStore.mostVisits),
            about: "Who is still booked in the time that was blocked."
        )
        Field("questions", \.questions, .list(of: .object(RepairQuestion.shape), 0...ApplyRepairBody.mostMoves))
    }
}

extension RepairLeft {
    static let shape = Shape<RepairLeft>("RepairLeft") {
        Field("appointment_id", \.appointment, .id(), visible: .appointmentsRead)
        Field("hold_id", \.hold, .id(), visible: .appointmentsRead, about: "An opening that somebody may still confirm.")
        Field("patient_id", \.patient, .id(), visible: .appointmentsRead)
        Field("provider_id", \.provider, .id())
        Field("starts_at", \.span.start, .instant)
        Field("ends_at", \.span.end, .instant)
    }
}
