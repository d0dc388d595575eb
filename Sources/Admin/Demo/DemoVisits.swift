import Tenancy
import Values

/// One patient's visit at one location, with what became of it.
struct DemoVisit {
    let site: DemoSite
    let patient: String
    let name: (given: String, family: String)
    let memberID: String
    var appointment = ""
    /// The location's day on which it counts.
    var day = Day(daysSinceEpoch: 0)
    var encounter = ""
    /// What was charged, in minor units.
    var charged = 0
    var claim = DemoClaim()

    func path(_ rest: String) -> String { site.path("patients/\(patient)/\(rest)") }
}

/// The front desk and the provider at work: at each location a new patient is registered, booked, checked in and treated.
struct DemoVisits {
    let story: DemoStory
    let cast: DemoCastSignedIn
    let jobs: DemoJobs

    func run(_ sites: [DemoSite]) async throws -> [DemoVisit] {
        var visits = try await register(sites)
        let begun = Ambient.system.now()
        story.begin("Book an appointment for now, or at the nearest free time")
        for index in visits.indices { try await book(&visits[index]) }
        try await bookTwice(visits[0])
        story.begin("Check in, and complete with diagnoses and procedures")
        for index in visits.indices { try await treat(&visits[index]) }
        story.begin("The completed visits are charged by a job")
        for index in visits.indices { try await charge(&visits[index]) }
        try await jobs.tell(since: begun)
        return visits
    }

    private func register(_ sites: [DemoSite]) async throws -> [DemoVisit] {
        story.begin("Register a patient with a coverage at each location")
        var visits: [DemoVisit] = []
        for (index, site) in sites.enumerated() {
            let name = DemoNames.pick(index)
            let member = "W" + String(Ambient.system.random() % 900_000_000 + 100_000_000)
            let patient = try await cast.desk.ask("POST", site.path("patients"), DemoNames.body(name))
            let visit = DemoVisit(site: site, patient: patient.text("id"), name: name, memberID: member)
            try await cast.desk.ask(
                "POST",
                visit.path("coverages"),
                ["payer_id": .string(site.payer), "member_id": .string(member), "from_day": "2026-01-01"]
            )
            story.tell("patient", "\(site.location.name): \(name.given) \(name.family), chart \(patient.text("chart_number"))")
            visits.append(visit)
        }
        return visits
    }

    /// A taken slot is refused with alternatives: the nearest of the same day is taken. Where there is none later times are tried.
    private func book(_ visit: inout DemoVisit) async throws {
        let place = visit.site.location.name
        var start = Instant(seconds: Ambient.system.now().microseconds / 60_000_000 * 60).adding(minutes: 1)
        for _ in 0..<100 {
            let answer = try await cast.desk.send("POST", visit.site.path("appointments"), booking(visit, start.description))
            if answer.status == 201, let day = Day(answer.json.text("day")) {
                visit.appointment = answer.json.text("id")
                visit.day = day
                story.tell("booked", "\(place): \(day) \(answer.json.text("time")) \(answer.json.text("time_zone"))")
                return
            }
            try require(answer.status == 409 && answer.code == "slot_taken", "Booking at \(place) was answered \(answer.words)")
            let rules = visit.site.location.rules
            let today = rules.wallClock(at: start).day
            let offered = answer.json["alternatives"]?.items.compactMap { Instant($0.text("starts_at")) } ?? []
            let alternative = offered.first { rules.wallClock(at: $0).day == today }
            story.tell("taken", "\(place): \(start)" + (alternative.map { ", offered \($0)" } ?? ", nothing offered"))
            start = alternative ?? start.adding(minutes: 16)
        }
        throw Problem.unexpected("No free time was found at \(place).")
    }

    /// A slot cannot be sold twice.
    private func bookTwice(_ visit: DemoVisit) async throws {
        let booked = try await cast.desk.get(visit.site.path("appointments/\(visit.appointment)"))
        let answer = try await cast.desk.send("POST", visit.site.path("appointments"), booking(visit, booked.text("starts_at")))
        try require(answer.status == 409 && answer.code == "slot_taken", "The same slot again was answered \(answer.words)")
        let named = answer.json["conflicts"]?.items.count ?? 0
        story.tell("refused", "\(visit.site.location.name): the same slot again: 409 slot_taken, \(named) conflicts named")
    }

    private func booking(_ visit: DemoVisit, _ start: String) -> JSON {
        [
            "patient_id": .string(visit.patient), "type_id": .string(visit.site.type), "provider_id": .string(visit.site.provider),
            "resource_ids": [.string(visit.site.room)], "starts_at": .string(start),
        ]
    }

    private func treat(_ visit: inout DemoVisit) async throws {
        let path = visit.site.path("appointments/\(visit.appointment)/")
        let arrived = try await cast.desk.ask("POST", path + "arrival", [:])
        try require(arrived.text("status") == "arrived", "The appointment is \(arrived.text("status")) after the arrival.")
        let encounter = try await cast.provider.ask(
            "POST",
            path + "completion",
            [
                "diagnoses": ["J02.9", "R50.9"],
                "procedures": [
                    ["code": "99213", "units": 1, "diagnosis_pointers": [1, 2]], ["code": "87880", "units": 1, "diagnosis_pointers": [1]],
                ],
            ]
        )
        visit.encounter = encounter.text("id")
        story.tell("encounter", "\(visit.site.location.name): \(visit.encounter), J02.9 and R50.9, 99213 and 87880")
    }

    private func charge(_ visit: inout DemoVisit) async throws {
        let path = visit.site.path("charges?encounter_id=\(visit.encounter)")
        let charges = try await story.wait(for: "the charges at \(visit.site.location.name)") {
            let charges = try await cast.biller.list(path)
            return charges.isEmpty ? nil : charges
        }
        try require(Set(charges.map { $0.text("code") }) == ["99213", "87880"], "Charged were \(charges.map { $0.text("code") }).")
        visit.charged = try charges.reduce(0) { $0 + (try $1.number("amount")) }
        let texts = try charges.map { "\($0.text("code")) \(money(try $0.number("amount")))" }
        story.tell("charges", "\(visit.site.location.name): \(texts.joined(separator: ", ")); together \(money(visit.charged))")
    }
}

/// Names and dates of nobody: new ones in every run, so that nobody is taken for a duplicate.
enum DemoNames {
    private static let given = ["Ada", "Grace", "Emmy", "Mary", "Alan", "Carl", "Sofia", "Niels", "Rosa", "Hugo", "Lena", "Omar"]
    private static let first = ["Ash", "Brook", "Clare", "Dun", "East", "Fair", "Glen", "Haver", "Kings", "Lang", "North", "Wood"]
    private static let last = ["bridge", "bury", "field", "ford", "gate", "ham", "hurst", "ley", "mont", "stead", "ton", "worth"]

    static func pick(_ index: Int) -> (given: String, family: String) {
        let random = Ambient.system.random()
        func word(_ words: [String], _ shift: UInt64) -> String { words[Int((random >> shift) % UInt64(words.count))] }
        return (word(given, UInt64(index)), word(first, 16) + word(last, 24))
    }

    static func body(_ name: (given: String, family: String)) -> JSON {
        let random = Ambient.system.random()
        let born = Day(daysSinceEpoch: Int32(random % 14_000))
        return [
            "person": [
                "given_name": .string(name.given), "family_name": .string(name.family), "birth_date": .string(born.description),
                "sex": random % 2 == 0 ? "female" : "male",
                "address": ["street": "5 Lake Road", "city": "Albany", "region": "NY", "postal_code": "122071234", "country": "US"],
            ],
            "duplicate_acknowledged": true,
        ]
    }
}
