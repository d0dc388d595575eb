import Assembly
import Billing
import Tenancy
import TestSupport
import Testing
import Values

@testable import Reporting

@Suite("Daily facts", .serialized)
struct DailyFactTests {
    private let day = Day(daysSinceEpoch: 20_500)

    @Test("a day's facts are the sums of its ledger lines, and every figure opens to rows that add up to it")
    func sums() async throws {
        let clinic = try await TestClinic.open()
        try await clinic.post(15_000, .receivablePatient, .revenue, on: day, at: clinic.north)
        try await clinic.post(500, .revenue, .receivablePatient, on: day, at: clinic.north)
        try await clinic.post(14_500, .receivableInsurance, .receivablePatient, on: day, at: clinic.north)
        try await clinic.post(9_000, .cashInsurance, .receivableInsurance, on: day, at: clinic.north)
        try await clinic.post(2_000, .adjustmentsContractual, .receivableInsurance, on: day, at: clinic.north)
        try await clinic.post(99, .receivablePatient, .revenue, on: day.adding(days: 1), at: clinic.north)
        try await clinic.compute(day, at: clinic.north)
        let fact = try #require(try await clinic.fact(day, at: clinic.north))
        #expect(fact == DayFigures(charges: 14_500, payments: 9_000, adjustments: 2_000, receivables: 3_500))
        for (figure, amount) in [("charges", 14_500), ("payments", 9_000), ("adjustments", 2_000), ("receivables", 3_500), ("visits", 0)] {
            var sum = 0
            var path = clinic.path(clinic.north, "reports/days/\(day)?figure=\(figure)&limit=2")
            while true {
                let part = try await clinic.send("biller", "GET", path)
                #expect(part.status == 200, "\(part.text)")
                sum += part.json["items"]?.items.compactMap { $0["amount"]?.integer }.reduce(0, +) ?? 0
                guard let cursor = part.json["next_cursor"]?.text else { break }
                path = clinic.path(clinic.north, "reports/days/\(day)?figure=\(figure)&limit=2&cursor=\(cursor)")
            }
            #expect(sum == amount, "\(figure)")
        }
        await clinic.close()
    }

    @Test("visits, no-shows and bookings count what stands in the calendar of the location's own day")
    func counts() async throws {
        let clinic = try await TestClinic.open()
        try await clinic.addVisits(on: day, at: clinic.north)
        try await clinic.compute(day, at: clinic.north)
        #expect(try await clinic.fact(day, at: clinic.north) == DayFigures(visits: 1, noShows: 1, booked: 2))
        for (figure, count) in [("visits", 1), ("no_shows", 1), ("booked", 2)] {
            let rows = try await clinic.send("biller", "GET", clinic.path(clinic.north, "reports/days/\(day)?figure=\(figure)"))
            #expect(rows.json["items"]?.items.count == count, "\(figure): \(rows.text)")
            #expect(rows.json["items"]?.items.allSatisfy { $0["amount"]?.integer == 1 && $0["patient_id"]?.text != nil } == true)
        }
        await clinic.close()
    }

    @Test("recomputations that race with postings and with each other never leave an older sum behind")
    func races() async throws {
        let clinic = try await TestClinic.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...20 {
                group.addTask {
                    try await clinic.post(100, .receivablePatient, .revenue, on: day, at: clinic.south)
                    try await clinic.compute(day, at: clinic.south)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await clinic.fact(day, at: clinic.south)?.charges == 2_000)
        await clinic.close()
    }

    @Test("events make a worker recompute their days, however many come at once")
    func events() async throws {
        let clinic = try await TestClinic.open(worker: true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 1...40 {
                group.addTask { try await clinic.post(100, .receivablePatient, .revenue, on: day, at: clinic.north, tell: "charge.posted") }
            }
            try await group.waitForAll()
        }
        try await eventually("the facts have all charges") { try await clinic.fact(day, at: clinic.north)?.charges == 4_000 }
        await clinic.close()
    }

    @Test("the report shows the locations the caller may see, and no others", .shows("TI-11"))
    func report() async throws {
        let clinic = try await TestClinic.open()
        for location in [clinic.north, clinic.south, clinic.elsewhere] {
            try await clinic.post(1_000, .receivablePatient, .revenue, on: day.adding(days: -5), at: location)
            try await clinic.post(300, .cashPatient, .receivablePatient, on: day, at: location)
            for back in [0, -5] { try await clinic.compute(day.adding(days: back), at: location) }
        }
        let path = "/v1/organizations/\(clinic.organization)/reports/daily"
        let range = "?from=\(day)&through=\(day)"
        let answer = try await clinic.send("biller", "GET", path + range)
        #expect(answer.status == 200, "\(answer.text)")
        let locations = answer.json["locations"]?.items ?? []
        #expect(locations.compactMap { $0["name"]?.text } == ["Harbor North", "Harbor South"])
        #expect(locations.first?["days"]?.items.first?["payments"]?.integer == 300)
        #expect(locations.first?["days"]?.items.first?["receivables"]?.integer == 700)
        #expect(answer.json["totals"]?.items.first?["figures"]?["receivables"]?.integer == 1_400)
        let known = try await clinic.send("biller", "GET", path + range, headers: ["If-None-Match": answer.etag])
        #expect(known.status == 304)
        let one = try await clinic.send("biller", "GET", path + range + "&location_id=\(clinic.south.id)")
        #expect(one.json["locations"]?.items.count == 1)
        #expect(try await clinic.send("biller", "GET", path + range + "&location_id=\(clinic.elsewhere.id)").status == 422)
        #expect(try await clinic.send("biller", "GET", path + "?from=\(day)&through=\(day.adding(days: -1))").status == 422)
        #expect(try await clinic.send("front_desk", "GET", path + range).status == 403)
        #expect(try await clinic.send("rival", "GET", path + range).status == 404)
        await clinic.close()
    }
}
