import Assembly
import Postgres
import Tenancy
import TestSupport
import Values

/// A clinic with people to see and rooms to see them in, at north.
struct Practice: Sendable {
    let clinic: TestClinic
    let patients: [String]
    let provider: String
    let colleague: String
    let room: String
    let device: String
    /// 30 minutes, needs a provider.
    let visit: String

    /// The practice of the suites that share one clinic: each test uses a day of its own.
    static let shared = Task { try await Practice(TestClinic.open()) }

    init(_ clinic: TestClinic) async throws {
        self.clinic = clinic
        func make(_ name: String, _ rest: String, _ body: JSON) async throws -> String {
            let answer = try await clinic.send(name, "POST", clinic.path(clinic.north, rest), body: body)
            guard answer.status == 201 else { throw Problem(.failed, "practice", "\(rest): \(answer.status) \(answer.text)") }
            return answer.id
        }
        var patients: [String] = []
        for name in ["Ada", "Ben", "Cleo"] {
            patients.append(
                try await make(
                    "front_desk",
                    "patients",
                    ["person": ["given_name": .string(name), "family_name": "Park", "birth_date": "1990-04-01"]]
                )
            )
        }
        self.patients = patients
        provider = try await make("location_manager", "providers", ["given_name": "Grace", "family_name": "Okafor", "npi": "1234567893"])
        colleague = try await make("location_manager", "providers", ["given_name": "Lena", "family_name": "Vogt"])
        room = try await make("location_manager", "resources", ["kind": "room", "name": "Room 1"])
        device = try await make("location_manager", "resources", ["kind": "device", "name": "Scanner"])
        visit = try await make("location_manager", "appointment-types", ["name": "Check-up", "minutes": 30, "fee_code": "99213"])
    }

    var path: String { clinic.path(clinic.north, "appointments") }

    /// A day of next year or later: nobody else's.
    static func day(_ number: Int) -> Day {
        TimeZoneRules(.utc).wallClock(at: Ambient.system.now()).day.adding(days: 400 + number)
    }

    func body(patient: Int = 0, _ day: Day, _ time: String, _ more: [(key: String, value: JSON)] = []) -> JSON {
        let members: [(key: String, value: JSON)] = [
            ("patient_id", .string(patients[patient])), ("type_id", .string(visit)), ("provider_id", .string(provider)),
            ("day", .string(day.description)), ("time", .string(time)),
        ]
        return .object(members.filter { member in !more.contains { $0.key == member.key } } + more)
    }

    func book(patient: Int = 0, _ day: Day, _ time: String, _ more: [(key: String, value: JSON)] = []) async throws -> TestAnswer {
        try await clinic.send("front_desk", "POST", path, body: body(patient: patient, day, time, more))
    }

    /// Books and does not expect to be refused.
    func booked(patient: Int = 0, _ day: Day, _ time: String, _ more: [(key: String, value: JSON)] = []) async throws -> TestAnswer {
        let answer = try await book(patient: patient, day, time, more)
        guard answer.status == 201 else { throw Problem(.failed, "practice", "\(answer.status) \(answer.text)") }
        return answer
    }

    func step(_ appointment: String, _ step: String, _ body: JSON = .object([]), by name: String = "front_desk") async throws -> TestAnswer
    {
        try await clinic.send(name, "POST", "\(path)/\(appointment)/\(step)", body: body)
    }

    /// Time passes: the appointment's hour has come.
    func comes(_ appointment: String) async throws {
        let id = AppointmentID(appointment)
        let now = clinic.services.ambient.now()
        let today = clinic.north.rules.wallClock(at: now).day
        try await clinic.services.tenancy.transaction(clinic.north) { tx in
            tx.enqueue(
                """
                update {location}.appointment set starts_at = \(now), ends_at = \(now.adding(minutes: 30)), wall_day = \(today) where id = \(id)
                """
            )
        }
    }
}
