import TestSupport
import Testing
import Values

@testable import Web

@Suite("paging")
struct PagingTests {
    private func page(_ sample: SampleServer, _ query: String) async throws -> (items: [Int], next: String?) {
        let answer = try await sample.ask("GET", "/v1/numbers" + query)
        #expect(answer.status == 200)
        let json = try JSON.parse(Array(answer.body.utf8))
        guard case .array(let items)? = json["items"] else { return ([], nil) }
        return (items.compactMap { $0["milliseconds"]?.integer }, json["next_cursor"]?.text)
    }

    @Test("following the cursors shows every item once")
    func follow() async throws {
        try await SampleServer.running { (sample, _) async throws in
            var (seen, next) = try await page(sample, "?milliseconds=5")
            #expect(seen.count == 50)
            while let cursor = next {
                let more = try await page(sample, "?milliseconds=5&limit=33&cursor=\(cursor)")
                seen += more.items
                next = more.next
            }
            #expect(seen == Array(0..<120))
        }
    }

    @Test("a cursor says nothing and opens only for its own list, query and server's key")
    func foreign() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let cursor = try #require(try await page(sample, "?milliseconds=5").next)
            let last = cursor.last == "A" ? "B" : "A"
            for query in [
                "?milliseconds=6&cursor=\(cursor)", "?milliseconds=5&cursor=\(cursor.dropLast())\(last)", "?milliseconds=5&cursor=x",
                "?milliseconds=5&cursor=",
            ] {
                let answer = try await sample.ask("GET", "/v1/numbers" + query)
                #expect(answer.status == 400 && answer.body.contains("invalid_cursor"))
            }
            let search = try await sample.ask("POST", "/v1/numbers/search?cursor=\(cursor)", body: #"{"milliseconds":5}"#)
            #expect(search.status == 400)
        }
    }

    @Test("a search's cursor belongs to its body")
    func search() async throws {
        try await SampleServer.running { (sample, _) async throws in
            let first = try await sample.ask("POST", "/v1/numbers/search?limit=2", body: #"{"milliseconds":5}"#)
            let cursor = try #require(try JSON.parse(Array(first.body.utf8))["next_cursor"]?.text)
            let next = try await sample.ask("POST", "/v1/numbers/search?limit=2&cursor=\(cursor)", body: #"{"milliseconds":5}"#)
            #expect(next.body.contains(#""milliseconds":7"#))
            #expect(try await sample.ask("POST", "/v1/numbers/search?limit=2&cursor=\(cursor)", body: #"{"milliseconds":6}"#).status == 400)
        }
    }

    @Test(
        "the limit is 1 to 200, sent once; unknown parameters are refused",
        .shows("RS-1"),
        arguments: ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "limit=-1", "offset=3"]
    )
    func limits(query: String) async throws {
        try await SampleServer.running { (sample, _) async throws in
            let answer = try await sample.ask("GET", "/v1/numbers?milliseconds=1&" + query)
            #expect(answer.status == 422)
        }
    }
}
