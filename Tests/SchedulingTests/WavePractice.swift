import Access
import Assembly
import Jobs
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

/// A practice without a worker: waves begin and end when a test says so.
enum Waves {
    static let shared = Task { try await Practice(TestClinic.open()) }
    static let minutes = 15

    /// When the hold ends that keeps an offer's time.
    static func end(of offer: JSON?) -> String? {
        offer?["expires_at"]?.text.flatMap { Instant($0) }?.adding(minutes: OfferWave.graceMinutes).description
    }

    /// The machine's time, a while ahead.
    static func later(_ minutes: Int) -> Ambient {
        Ambient(now: { Ambient.system.now().adding(minutes: minutes) }, random: Ambient.system.random)
    }
}

extension Practice {
    /// What a job does, at the system's hand.
    func work<Value: Sendable>(_ ambient: Ambient = .system, _ body: (Work) async throws -> Value) async throws -> Value {
        let caller = Caller.system("tests", requestID: ambient.id(EventID.self).uuid, organization: clinic.organization)
        return try await clinic.services.tenancy.work(clinic.north, by: caller, ambient: ambient, wake: nil, body)
    }

    func waits(_ patient: String, _ provider: String, _ more: [(key: String, value: JSON)] = []) async throws -> String {
        let known: [(key: String, value: JSON)] = [
            ("patient_id", .string(patient)), ("type_ids", [.string(visit)]), ("provider_ids", [.string(provider)]),
            // Tests share patients: none gives up another's appointment.
            ("release_later", false),
        ]
        let body: JSON = .object(known.filter { member in !more.contains { $0.key == member.key } } + more)
        return try await make("waitlist-entries", body, by: "front_desk").id
    }

    /// Books, cancels, and notes what that freed: its appointment and its slot.
    func freed(_ provider: String, _ day: Day, _ more: [(key: String, value: JSON)] = []) async throws -> (
        appointment: String, slot: FreedSlotID
    ) {
        let booked = try await booked(patient: 2, day, "10:00", [("provider_id", .string(provider))] + more)
        #expect(try await step(booked.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        return (booked.id, try await noticed(booked.id))
    }

    func noticed(_ appointment: String) async throws -> FreedSlotID {
        let id = AppointmentID(appointment)
        try await work { work in try await NoticeFreedTime(appointment: try #require(id)).notice(work) }
        let slots = try await clinic.services.tenancy.read(
            clinic.north,
            "select id from {location}.freed_slot where appointment_id = \(id) order by id desc limit 1"
        )
        return try #require(try slots.first?.value(0, as: FreedSlotID.self))
    }

    /// One wave; somebody who was faster is looked at again, as by the job.
    func wave(_ slot: FreedSlotID, _ number: Int, size: Int = 3, _ ambient: Ambient = .system) async throws {
        for attempt in 1...5 {
            do {
                return try await work(ambient) { work in
                    try await OfferWave(slot: slot, wave: number).offer(work, clinic.services.tenancy, size: size, minutes: Waves.minutes)
                }
            } catch let problem as Problem where problem.kind == .conflict && attempt < 5 {
                continue
            }
        }
    }

    /// The best first.
    func offers(_ slot: FreedSlotID, wave: Int = 1) async throws -> [JSON] {
        let answer = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "waitlist-offers?slot_id=\(slot)"))
        return (answer.json["items"]?.items ?? []).filter { $0["wave"]?.integer == wave }.sorted {
            ($0["place"]?.integer ?? 0) < ($1["place"]?.integer ?? 0)
        }
    }

    /// One member of the items of a list.
    func list(_ path: String, _ member: String) async throws -> [String] {
        let answer = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, path))
        return (answer.json["items"]?.items ?? []).compactMap { $0[member]?.text }
    }

    func ledger(_ slot: FreedSlotID) async throws -> JSON? {
        let answer = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "freed-slots?limit=200"))
        return answer.json["items"]?.items.first { $0["id"]?.text == slot.description }
    }

    /// Whose tokens claim these offers.
    func links(_ offers: [JSON]) async throws -> [String] {
        var tokens: [String] = []
        for offer in offers {
            let link = try await make("waitlist-offers/\(offer["id"]?.text ?? "")/link", [:], by: "front_desk")
            tokens.append(link.json["token"]?.text ?? "")
        }
        return tokens
    }

    func claim(_ token: String) async throws -> TestAnswer {
        try await clinic.send("front_desk", "POST", clinic.path(clinic.north, "waitlist-claims"), body: ["token": .string(token)])
    }

    func board(_ day: Day) async throws -> JSON {
        try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "day-boards/\(day)")).json
    }

    /// How many appointments stand with a provider on a day.
    func standing(_ provider: String, _ day: Day) async throws -> Int {
        let rows = try await clinic.services.tenancy.read(
            clinic.north,
            """
            select count(*) from {location}.appointment where provider_id = \(ProviderID(provider)) and wall_day = \(day)
                and status <> 'cancelled'
            """
        )
        return try rows.first?.value(0, as: Int.self) ?? 0
    }
}
