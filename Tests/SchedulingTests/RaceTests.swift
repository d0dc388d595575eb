import Access
import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Scheduling

/// Measures time, so deploy/test runs it when nothing else does.
@Suite("Racing for a slot", .serialized)
struct RaceTests {
    /// Every second request goes through another gateway.
    private struct Doors {
        let practice: Practice
        let other: TestHTTP
        let token: String

        init(_ practice: Practice) async throws {
            self.practice = practice
            other = try await practice.clinic.anotherGateway()
            token = try await practice.clinic.token("front_desk")
        }

        func send(_ number: Int, _ method: String, _ path: String, _ body: JSON, _ headers: [String: String] = [:]) async throws
            -> TestAnswer
        {
            let http = number.isMultiple(of: 2) ? practice.clinic.http : other
            return try await http.send(
                method,
                practice.clinic.path(practice.clinic.north, path),
                token: token,
                body: body,
                headers: headers
            )
        }

        /// So many bookings at once; their answers, and how long the slowest took.
        func book(_ count: Int, _ body: @escaping @Sendable (Int) -> JSON) async throws -> (answers: [TestAnswer], slowest: Duration) {
            let times = try await withThrowingTaskGroup { group in
                for number in 0..<count {
                    group.addTask {
                        let watch = Stopwatch()
                        return (try await send(number, "POST", "appointments", body(number)), watch.elapsed)
                    }
                }
                return try await group.reduce(into: [(TestAnswer, Duration)]()) { $0.append($1) }
            }
            return (times.map(\.0), times.map(\.1).max() ?? .zero)
        }
    }

    @Test(
        "500 at once through two gateways for one slot and three resources in any order: one has it, 499 hear so within 3 seconds",
        .shows("MC-1")
    )
    func race() async throws {
        let practice = try await Practice.shared.value
        let resources = [practice.room, practice.device, practice.colleague]
        let (answers, slowest) = try await Doors(practice).book(500) { number in
            practice.body(
                patient: number % 3,
                Practice.day(7),
                "10:00",
                [("resource_ids", .array(resources.shuffled().map(JSON.string)))]
            )
        }
        #expect(answers.count { $0.status == 201 } == 1)
        #expect(answers.count { $0.status == 409 && $0.code == "slot_taken" } == 499)
        #expect(slowest < .seconds(3), "the slowest of 500 took \(slowest)")
    }

    @Test("500 at once for somebody who sees four at a time: four have it, 496 hear so with three alternatives", .shows("MC-1"))
    func lanes() async throws {
        let practice = try await Practice.shared.value
        let leader = try await practice.make("providers", ["given_name": "Group", "family_name": "Racer", "lanes": 4]).id
        var patients: [String] = []
        for number in 0..<10 { patients.append(try await practice.newPatient("Racer \(number)")) }
        let (answers, slowest) = try await Doors(practice).book(500) { [patients] number in
            practice.body(
                Practice.day(8),
                "10:00",
                [("provider_id", .string(leader)), ("patient_id", .string(patients[number % patients.count]))]
            )
        }
        #expect(answers.count { $0.status == 201 } == 4)
        let refused = answers.filter { $0.status == 409 && $0.code == "slot_taken" }
        #expect(refused.count == 496)
        #expect(refused.allSatisfy { $0.json["alternatives"]?.items.count == 3 })
        #expect(slowest < .seconds(3), "the slowest of 500 took \(slowest)")
    }

    @Test("500 at once for the only time of a day: one has it, 499 hear so within 3 seconds, with three times of the days after")
    func onlyTime() async throws {
        let practice = try await Practice.shared.value
        let provider = try await practice.newProvider("Only Time")
        let day = Practice.day(260)
        try await practice.works(provider, day, "10:00", "10:30")
        let (answers, slowest) = try await Doors(practice).book(500) { number in
            practice.body(patient: number % 3, day, "10:00", [("provider_id", .string(provider))])
        }
        #expect(answers.count { $0.status == 201 } == 1)
        let refused = answers.filter { $0.status == 409 && $0.code == "slot_taken" }
        #expect(refused.count == 499)
        #expect(refused.allSatisfy { $0.json["alternatives"]?.items.count == 3 })
        #expect(slowest < .seconds(3), "the slowest of 500 took \(slowest)")
    }

    @Test(
        "bookings, moves, series, holds, imports and a claim from the waitlist at once for one slot: one has it, and the books say so",
        .shows("MC-1")
    )
    func mixed() async throws {
        let practice = try await Practice(TestClinic.open(worker: true))
        let clinic = practice.clinic
        let doors = try await Doors(practice)
        let day = Practice.day(9)
        let (provider, visit) = (JSON.string(practice.provider), JSON.string(practice.visit))
        let chart = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "patients/\(practice.patients[0])"))
        let row = "\(chart.json["chart_number"]?.text ?? ""),Check-up,\(practice.provider),,\(day),10:00,,"
        let manager = try await clinic.token("location_manager")
        let claim = try await offered(practice, day)
        var patients: [String] = []
        var elsewhere: [String] = []
        for number in 0..<60 {
            patients.append(try await practice.newPatient("Mixed \(number)"))
            guard number < 20 else { continue }
            let time = "\(number / 4 + 10):\(["00", "15", "30", "45"][number % 4])"
            let away = try await practice.booked(day.adding(days: 20 + number), time, [("patient_id", .string(patients[number]))])
            elsewhere.append(away.id)
        }
        @Sendable func contender(_ number: Int, _ patient: String, _ away: String) async throws -> TestAnswer {
            let slot: [(key: String, value: JSON)] = [
                ("type_id", visit), ("provider_id", provider), ("day", .string(day.description)), ("time", "10:00"),
            ]
            switch number % 6 {
            case 0: return try await doors.send(number, "POST", "appointments", .object(slot + [("patient_id", .string(patient))]))
            case 1:
                let body: JSON = ["day": .string(day.description), "time": "10:00"]
                return try await doors.send(number, "PATCH", "appointments/\(away)", body, ["If-Match": "\"1\""])
            case 2:
                let body = practice.seriesBody(patient, practice.provider, "FREQ=DAILY;COUNT=3", day, "10:00")
                return try await doors.send(number, "POST", "series", body)
            case 3:
                let held = try await doors.send(number, "POST", "holds", .object(slot))
                guard held.status == 201 else { return held }
                return try await doors.send(number + 1, "POST", "holds/\(held.id)/confirmation", ["patient_id": .string(patient)])
            case 4:
                let file = "system,external_id,patient,type,provider,resources,day,time,minutes,note\nold,\(number),\(row)"
                let path = clinic.path(clinic.north, "appointment-imports")
                return try await clinic.http.send(
                    "POST",
                    path,
                    token: manager,
                    bytes: Array(file.utf8),
                    headers: ["Content-Type": "text/csv"]
                )
            default: return try await doors.send(number, "POST", "waitlist-claims", ["token": .string(claim)])
            }
        }
        let answers = try await withThrowingTaskGroup { [patients, elsewhere] group in
            for number in 0..<120 {
                group.addTask { (number % 6, try await contender(number, patients[number % 60], elsewhere[number / 6])) }
            }
            return try await group.reduce(into: [(Int, TestAnswer)]()) { $0.append($1) }
        }
        let won = answers.filter { kind, answer in
            kind == 4 ? answer.json["booked"]?.integer == 1 : answer.status == 200 || answer.status == 201
        }
        #expect(won.count == 1, "\(won.map { "\($0.0): \($0.1.status) \($0.1.text.prefix(200))" })")
        for (kind, answer) in answers where kind != 4 && answer.status != 200 && answer.status != 201 {
            #expect(answer.status == 409, "\(kind): \(answer.text)")
        }
        let booked = try await clinic.services.tenancy.read(
            clinic.north,
            """
            select count(*) from {location}.appointment where provider_id = \(ProviderID(practice.provider)) and wall_day = \(day)
                and status <> 'cancelled'
            """
        ).first?.value(0, as: Int.self)
        #expect(booked == 1)
        await clinic.close()
    }

    /// The slot was booked and cancelled, and the waitlist has been asked: what claims it.
    private func offered(_ practice: Practice, _ day: Day) async throws -> String {
        let clinic = practice.clinic
        _ = try await practice.make(
            "waitlist-entries",
            [
                "patient_id": .string(practice.patients[1]), "type_ids": [.string(practice.visit)],
                "provider_ids": [.string(practice.provider)],
            ],
            by: "front_desk"
        )
        let freed = try await practice.booked(patient: 2, day, "10:00")
        #expect(try await practice.step(freed.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        var offer: String?
        try await eventually("the waitlist is asked") {
            let offers = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "waitlist-offers"))
            offer = offers.json["items"]?.items.first?["id"]?.text
            return offer != nil
        }
        let link = try await practice.make("waitlist-offers/\(offer ?? "")/link", [:], by: "front_desk")
        return try #require(link.json["token"]?.text)
    }
}
