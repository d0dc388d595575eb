import Postgres
import Values
import Web

@testable import Scheduling

/// Random numbers that are the same in every run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

func holder(_ number: UInt64) -> UUID { UUID(high: 7, low: number) }
func appointmentID(_ number: UInt64) -> AppointmentID { AppointmentID(UUID(high: 9, low: number)) }

func span(_ from: String, _ until: String) throws -> InstantRange {
    guard let from = Instant("2026-03-02T\(from):00Z"), let until = Instant("2026-03-02T\(until):00Z"), let span = InstantRange(from, until)
    else {
        throw Problem(.failed, "sample", "No span from \(from) until \(until).")
    }
    return span
}

func taken(_ appointment: UInt64, _ holder: UUID, lane: Int32? = nil, _ from: String, _ until: String) throws -> Occupancy {
    guard let lanes = Int4Range(lane ?? 0, lane.map { $0 + 1 }) else { throw Problem(.failed, "sample", "No lane \(lane ?? 0).") }
    return Occupancy(appointment: appointmentID(appointment), holder: holder, lanes: lanes, span: try span(from, until))
}

func resource(_ number: UInt64, _ kind: Resource.Kind, lanes: Int = 1, active: Bool = true) -> Resource {
    Resource(
        id: ResourceID(holder(number)),
        kind: kind,
        name: "\(kind.rawValue) \(number)",
        lanes: lanes,
        shared: false,
        active: active,
        version: 1,
        createdAt: .blank,
        updatedAt: .blank
    )
}

func appointmentType(minutes: Int = 30, before: Int = 0, after: Int = 0, needs: [Resource.Kind] = [.provider]) -> AppointmentType {
    AppointmentType(
        id: .blank,
        name: "Check-up",
        minutes: minutes,
        bufferBefore: before,
        bufferAfter: after,
        needs: needs,
        active: true,
        version: 1,
        createdAt: .blank,
        updatedAt: .blank
    )
}
