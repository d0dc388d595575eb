import Assembly
import Tenancy
import TestSupport
import Testing
import Values

@testable import Web

/// Asks every route once, successfully, in an order in which each finds what it needs. What it sent may be sent again by other tests.
final class RouteWalk {
    struct Visit: Sendable {
        let request: String
        let body: JSON?
    }

    let clinic: TestClinic
    private(set) var visits: [String: Visit] = [:]
    /// Everything that was answered.
    private(set) var answers: [String] = []
    /// By the name that paths give them.
    var ids: [String: String]

    init(_ clinic: TestClinic) {
        self.clinic = clinic
        ids = ["organization": clinic.organization.description, "location": clinic.north.id.description]
    }

    /// All of it.
    func run() async throws {
        try await organization()
        try await staff()
        try await accounts()
        try await resources()
        try await packs()
        try await patients()
        try await schedule()
        try await series()
        try await waitlist()
        try await emergencies()
        try await appointments()
        try await money()
        try await jobs()
    }

    /// `route` is the method and the template without `/v1`; what it makes is remembered under `made`.
    @discardableResult
    func ask(
        _ route: String,
        _ body: JSON? = nil,
        query: String = "",
        made name: String? = nil,
        version: String? = nil,
        by person: String = "owner",
        token: String? = nil,
        file: (media: String, text: String)? = nil,
        expecting status: Int? = nil
    ) async throws -> TestAnswer {
        let words = route.split(separator: " ", maxSplits: 1).map(String.init)
        var path = "/v1" + words[1]
        for (name, id) in ids { path = path.replacing("{\(name)}", with: id) }
        var headers: [String: String] = [:]
        if let version { headers["If-Match"] = version }
        if let file { headers["Content-Type"] = file.media }
        let bearer: String = if let token { token } else { try await clinic.token(person) }
        let answer = try await clinic.http.send(
            words[0],
            path + query,
            token: bearer.isEmpty ? nil : bearer,
            bytes: file.map { Array($0.text.utf8) } ?? body?.bytes,
            headers: headers
        )
        let isGood = status.map { $0 == answer.status } ?? (200..<300).contains(answer.status)
        #expect(isGood, "\(route) answered \(answer.status) \(answer.text)")
        answers.append(answer.text)
        visits[words[0] + " /v1" + words[1]] = Visit(request: answer.headers["x-request-id"] ?? "", body: body)
        if let name { ids[name] = answer.id }
        return answer
    }

    func id(_ name: String) -> JSON { .string(ids[name] ?? "") }

    let reason: JSON = ["code": "test", "text": "Because the test says so."]

    /// A day's name at the clinic, so many days from now.
    func day(_ offset: Int) -> String {
        clinic.north.rules.wallClock(at: clinic.services.ambient.now()).day.adding(days: offset).description
    }
}

/// A clinic in which every route was asked once.
struct Walked: Sendable {
    let clinic: TestClinic
    /// By method and path.
    let visits: [String: RouteWalk.Visit]

    static let shared = Task {
        let clinic = try await TestClinic.open(worker: true)
        let walk = RouteWalk(clinic)
        try await walk.run()
        return Walked(clinic: clinic, visits: walk.visits)
    }
}
