import Assembly
import TestSupport
import Testing
import Values

@testable import Web

/// Every member of every body, in turn, is given what nobody would send by accident.
@Suite("Extreme bodies", .serialized)
struct ExtremeBodyTests {
    struct Extreme {
        /// As it stands in the body, after the member's name.
        let text: String
        /// Some members may take it: an empty list, nothing, a flag.
        var mayFit = false
        /// Where it may be a part of free text.
        var mayFitText = false
    }

    static let extremes: [Extreme] = [
        Extreme(text: "9223372036854775808"), Extreme(text: "-9223372036854775809"), Extreme(text: "123456789012345678901234567890"),
        Extreme(text: String(repeating: "9", count: 5000)), Extreme(text: "-1"), Extreme(text: "-0", mayFit: true), Extreme(text: "1e400"),
        Extreme(text: "1E+2"),
        Extreme(text: "1.5"), Extreme(text: "NaN"), Extreme(text: "Infinity"), Extreme(text: "01"), Extreme(text: "0x10"),
        Extreme(text: #""\ud800""#), Extreme(text: #""\udc00\ud800""#), Extreme(text: #""a\u0000b""#), Extreme(text: "\"a\u{0}b\""),
        Extreme(text: "\"a\u{1}b\""), Extreme(text: #""\q""#), Extreme(text: #""""#), Extreme(text: #"" ""#, mayFitText: true),
        Extreme(text: #""\u001b[31m""#), Extreme(text: "\"\(String(repeating: "x", count: 200_000))\""),
        Extreme(text: #""'; drop table patient; --""#, mayFitText: true), Extreme(text: #""{location}""#, mayFitText: true),
        Extreme(text: "\"\(String(repeating: "e\u{301}", count: 30))\"", mayFitText: true),
        Extreme(text: String(repeating: "[", count: 20) + String(repeating: "]", count: 20)),
        Extreme(text: String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000)),
        Extreme(text: String(repeating: "{\"a\":", count: 500) + "1" + String(repeating: "}", count: 500)),
        Extreme(text: "[" + Array(repeating: "1", count: 40_000).joined(separator: ",") + "]"),
        Extreme(text: "{\"a\":1,\"a\":2}"), Extreme(text: "1]"), Extreme(text: ""),
        Extreme(text: "null", mayFit: true), Extreme(text: "true", mayFit: true), Extreme(text: "[]", mayFit: true),
        Extreme(text: "{}", mayFit: true),
    ]

    @Test("no member of any body, however extreme, is a failure of ours; what is wrong is named", .shows("IO-2", "IO-3", "RS-3"))
    func members() async throws {
        let walked = try await Walked.shared.value
        var sent = 0
        for route in walked.clinic.gateway.server.routes {
            guard let body = walked.visits[FlightsPerRouteTests.name(route)]?.body else { continue }
            let members = Self.members(of: body)
            sent += members.count * Self.extremes.count
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for member in members {
                    tasks.addTask { for extreme in Self.extremes { try await check(walked.clinic, route, body, member, extreme) } }
                }
                try await tasks.waitForAll()
            }
            let large = try await send(walked.clinic, route, Array("{\"a\":\"\(String(repeating: "x", count: 1_000_000))\"}".utf8))
            #expect(large.status == 413, "\(FlightsPerRouteTests.name(route)) answered \(large.status) to a megabyte")
        }
        #expect(sent > 3000, "only \(sent) requests")
        #expect(try await walked.clinic.http.send("GET", "/livez").status == 200)
    }

    private func check(_ clinic: TestClinic, _ route: Route, _ body: JSON, _ member: [String], _ extreme: Extreme) async throws {
        let text = Self.text(body, member, extreme.text)
        let answer = try await send(clinic, route, Array(text.utf8))
        let what: Comment =
            "\(FlightsPerRouteTests.name(route)) /\(member.joined(separator: "/")): \(extreme.text.prefix(40)) answered \(answer.text)"
        // Nothing in place of the only item of a list is an empty list.
        // A series moves to earlier days, too.
        let mayFit =
            extreme.mayFit || extreme.mayFitText || (extreme.text.isEmpty && member.last == "0")
            || (extreme.text == "-1" && member.last == "days")
        #expect(answer.status < 500, what)
        guard answer.status >= 400 else {
            #expect(mayFit, what)
            return
        }
        #expect(answer.headers["content-type"] == "application/problem+json", what)
        if answer.code == "invalid_request" {
            // What may fit may contradict another member, which is named then.
            let pointers = answer.json["errors"]?.items.compactMap { $0["pointer"]?.text } ?? []
            #expect(mayFit ? !pointers.isEmpty : pointers.contains { $0.hasPrefix("/" + member[0]) }, what)
        } else if !mayFit {
            // Not found, refused, stale: the member had been taken.
            #expect([400, 413, 422].contains(answer.status), what)
        }
    }

    /// To ids that do not exist, so that nothing is changed but by what makes something new.
    private func send(_ clinic: TestClinic, _ route: Route, _ bytes: [UInt8]) async throws -> TestAnswer {
        let path = ForeignTests.path(route, clinic, location: clinic.north) { _ in nil }
        return try await clinic.http.send(
            route.method.rawValue,
            path,
            token: route.authority == .everybody ? nil : try await clinic.token("owner"),
            bytes: bytes,
            headers: ["If-Match": "\"1\""]
        )
    }

    /// The names on the way to each member; of a list, the first item stands for all.
    static func members(of json: JSON) -> [[String]] {
        switch json {
        case .object(let members): members.flatMap { member in [[member.key]] + Self.members(of: member.value).map { [member.key] + $0 } }
        case .array(let items): (items.first.map { [["0"]] + Self.members(of: $0).map { ["0"] + $0 } }) ?? []
        default: []
        }
    }

    /// The body with other text where the member's value stands.
    static func text(_ body: JSON, _ member: [String], _ text: String) -> String {
        let mark = "here-it-stands"
        return String(decoding: replaced(body, member[...], .string(mark)).bytes, as: UTF8.self).replacing("\"\(mark)\"", with: text)
    }

    private static func replaced(_ json: JSON, _ path: ArraySlice<String>, _ value: JSON) -> JSON {
        guard let name = path.first else { return value }
        switch json {
        case .object(let members):
            return .object(members.map { ($0.key, $0.key == name ? replaced($0.value, path.dropFirst(), value) : $0.value) })
        case .array(let items):
            return .array(items.enumerated().map { String($0.offset) == name ? replaced($0.element, path.dropFirst(), value) : $0.element })
        default: return value
        }
    }
}
