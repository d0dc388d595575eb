import Assembly
import FoundationEssentials
import Tenancy
import TestSupport
import Testing
import Values
import Web

@testable import Scheduling

@Suite("No-shows")
struct NoShowTests {
    private func traits(_ weekday: Int = 1, lead: Int = 5, earlier: Int = 0, isNew: Bool = false) -> NoShowTraits {
        NoShowTraits(weekday: weekday, leadDays: lead, earlierNoShows: earlier, isNew: isNew, type: .blank)
    }

    @Test("rates are shares, small groups lean on the rate over all, and a large one speaks for itself")
    func rates() {
        let rates = NoShowRates([
            NoShowCell(traits: traits(1), count: 800, missed: 40), NoShowCell(traits: traits(5), count: 198, missed: 58),
            NoShowCell(traits: traits(3), count: 2, missed: 2),
        ])
        #expect(rates.count == 1000 && rates.missed == 100 && rates.base == 10_000)
        func rate(_ value: String) -> Int? { rates.groups.first { $0.factor == .weekday && $0.value == value }?.rate }
        // (40 + 2) of 820; (58 + 2) of 218; (2 + 2) of 22.
        #expect(rate("1") == 5_122 && rate("5") == 27_523 && rate("3") == 18_182)
        #expect(NoShowRates([]).base == 0)
    }

    @Test("a risk is the rate over all and its parts, to the last point; what is unknown adds nothing; bounds hold")
    func additive() {
        var random = Seeded(4)
        for _ in 0..<200 {
            let cells = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                let count = Int.random(in: 1...200, using: &random)
                return NoShowCell(
                    traits: traits(
                        Int.random(in: 1...7, using: &random),
                        lead: Int.random(in: 0...40, using: &random),
                        earlier: Int.random(in: 0...5, using: &random),
                        isNew: Bool.random(using: &random)
                    ),
                    count: count,
                    missed: Int.random(in: 0...count, using: &random)
                )
            }
            let rates = NoShowRates(cells)
            let risk = NoShowRisk(traits(Int.random(in: 1...7, using: &random), lead: Int.random(in: 0...40, using: &random)), rates)
            #expect(risk.parts.map(\.factor) == NoShowFactor.allCases)
            let sum = risk.base + risk.parts.reduce(0) { $0 + $1.points }
            #expect(risk.risk == min(max(sum, NoShowRisk.bounds.lowerBound), NoShowRisk.bounds.upperBound))
            #expect(risk.parts.allSatisfy { $0.count > 0 || $0.points == 0 })
        }
    }

    @Test("whoever missed before is likelier to miss, and the part that says so is named")
    func earlier() throws {
        let rates = NoShowRates([
            NoShowCell(traits: traits(earlier: 0), count: 900, missed: 45), NoShowCell(traits: traits(earlier: 2), count: 100, missed: 40),
        ])
        let often = NoShowRisk(traits(earlier: 2), rates)
        let never = NoShowRisk(traits(earlier: 0), rates)
        #expect(often.risk > never.risk + 20_000)
        #expect(try #require(often.parts.first { $0.factor == .earlier }).points > 0)
    }

    @Test("a simulation books second patients where the risk is, at most so many a day, and counts what it filled and crowded")
    func simulation() throws {
        let rates = NoShowRates([
            NoShowCell(traits: traits(earlier: 0), count: 900, missed: 0), NoShowCell(traits: traits(earlier: 2), count: 100, missed: 100),
        ])
        let provider = ProviderID(holder(1))
        let day = try #require(Day("2026-03-02"))
        func visit(_ earlier: Int, _ missed: Bool) -> PastVisit {
            PastVisit(provider: provider, day: day, minutes: 30, traits: traits(earlier: earlier), wasMissed: missed)
        }
        let visits = [visit(2, true), visit(2, true), visit(2, false), visit(0, false), visit(0, true)]
        let all = DoubleBookingResult(DoubleBookingPolicy(threshold: 50_000, mostPerDay: 9), visits, rates)
        #expect(all.visits == 5 && all.doubled == 3 && all.filled == 2 && all.collided == 1)
        // Nine of ten come: 2 · 30 · 0.9 and 30 · 0.9.
        #expect(all.recoveredMinutes == 54 && all.crowdedMinutes == 27 && all.emptyMinutes == 90)
        #expect(DoubleBookingResult(DoubleBookingPolicy(threshold: 50_000, mostPerDay: 1), visits, rates).doubled == 1)
        #expect(DoubleBookingResult(DoubleBookingPolicy(threshold: 99_000, mostPerDay: 9), visits, rates).doubled == 0)
        #expect(DoubleBookingResult(DoubleBookingPolicy(threshold: 0, mostPerDay: 0), visits, rates).doubled == 0)
    }

    @Test("nothing outside its folder asks for a risk: no booking is ever refused by it")
    func neverRefuses() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources").path()
        let files = try FileManager.default.subpathsOfDirectory(atPath: sources).filter {
            $0.hasSuffix(".swift") && !$0.contains("/NoShow/")
        }
        #expect(files.count > 100)
        for file in files {
            let text = try String(contentsOf: URL(filePath: sources + "/" + file), encoding: .utf8)
            #expect(!text.contains("NoShowRisk") && !text.contains("NoShowRates"), "\(file)")
        }
    }

    @Test("rates, the risk of an appointment and a simulation are answered; days to come and days out of order are refused")
    func routes() async throws {
        let practice = try await Ruled.shared.value
        let clinic = practice.clinic
        let day = Practice.day(310)
        let missed = try await practice.booked(patient: 0, day, "10:00")
        try await practice.comes(missed.id)
        #expect(try await practice.step(missed.id, "no-show").status == 200)
        let next = try await practice.booked(patient: 0, day, "12:00")
        let risk = try await clinic.send("front_desk", "GET", "\(practice.path)/\(next.id)/no-show-risk")
        #expect(risk.status == 200, "\(risk.text)")
        let parts = risk.json["parts"]?.items ?? []
        #expect(parts.first { $0["factor"]?.text == "earlier" }?["value"]?.text == "1")
        #expect(parts.first { $0["factor"]?.text == "new_patient" }?["value"]?.text == "new")
        let rates = try await clinic.send("front_desk", "GET", clinic.path(clinic.north, "no-show-rates"))
        #expect(rates.status == 200 && (rates.json["missed"]?.integer ?? 0) >= 1, "\(rates.text)")
        let path = clinic.path(clinic.north, "double-booking-simulations")
        let today = clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day
        func simulate(_ from: Day, _ through: Day) async throws -> TestAnswer {
            try await clinic.send(
                "front_desk",
                "POST",
                path,
                body: [
                    "from_day": .string(from.description), "through_day": .string(through.description),
                    "policies": [["threshold": 0, "most_per_day": 3]],
                ]
            )
        }
        let simulated = try await simulate(today.adding(days: -7), today)
        #expect(simulated.status == 200, "\(simulated.text)")
        #expect((simulated.json["results"]?.items.first?["filled"]?.integer ?? 0) >= 1)
        #expect(try await simulate(today, today.adding(days: -1)).json["errors"]?.items.first?["code"]?.text == "range_too_long")
        #expect(
            try await simulate(today.adding(days: 5), today.adding(days: 6)).json["errors"]?.items.first?["code"]?.text == "range_too_long"
        )
    }
}
