import HTTPTypes
import TestSupport
import Testing
import Values

@testable import Web

@Suite("limits")
struct LimitTests {
    private let start = ContinuousClock.now

    @Test("a bucket gives its burst, refuses with a wait, and fills again")
    func bucket() {
        let buckets = TokenBuckets<String>(Rate(perSecond: 2, burst: 3))
        #expect((0..<3).allSatisfy { _ in buckets.take("a", at: start).isAllowed })
        let refused = buckets.take("a", at: start)
        #expect(!refused.isAllowed && refused.remaining == 0 && refused.reset == 1)
        #expect(buckets.take("b", at: start).isAllowed)
        #expect(buckets.take("a", at: start + .milliseconds(500)).isAllowed)
        #expect(!buckets.take("a", at: start + .milliseconds(501)).isAllowed)
        #expect(buckets.take("a", at: start + .seconds(100)).remaining == 2)
    }

    @Test("a flood of keys does not grow without bound, and those still waiting are not forgotten first")
    func flood() {
        let buckets = TokenBuckets<Int>(Rate(perSecond: 1, burst: 2), maximumKeys: 10)
        for _ in 0..<2 { _ = buckets.take(-1, at: start + .seconds(100)) }
        for key in 0..<9 { _ = buckets.take(key, at: start) }
        #expect(buckets.take(100, at: start + .seconds(100)).isAllowed)
        #expect(!buckets.take(-1, at: start + .seconds(100)).isAllowed)
    }

    @Test("without Redis a location has this gateway's share, and other locations theirs", .shows("RS-4"))
    func location() {
        let traffic = LocationTraffic(rate: Rate(perSecond: 10, burst: 40), share: 0.25, redis: nil)
        let (one, other) = (LocationID(UUID(high: 1, low: 1)), LocationID(UUID(high: 2, low: 2)))
        #expect((0..<10).allSatisfy { _ in traffic.refusal(one, at: start) == nil })
        #expect(traffic.refusal(one, at: start) == 1)
        #expect(traffic.refusal(other, at: start) == nil)
    }

    @Test("the headers say what is left and until when")
    func headers() {
        let buckets = TokenBuckets<String>(Rate(perSecond: 10, burst: 60))
        let headers = RateHeaders.of(buckets.take("a", at: start), RateHeaders.policy(buckets.rate))
        #expect(headers.map(\.value) == [#""caller";r=59;t=1"#, #""caller";q=60;w=6"#])
    }

    @Test("the client's address is believed of trusted proxies only, from the last hop on", .shows("RS-4"))
    func source() {
        func source(_ forwarded: String?, peer: String) -> String? {
            var head = HTTPRequest(method: .get, scheme: nil, authority: "x", path: "/")
            if let forwarded { head.headerFields.set(Names.forwardedFor, forwarded) }
            return RequestHead(head).source(peer: peer, trusted: ["10.0.0.1", "10.0.0.2"])
        }
        #expect(source("1.2.3.4", peer: "9.9.9.9") == "9.9.9.9")
        #expect(source("1.2.3.4", peer: "10.0.0.1") == "1.2.3.4")
        #expect(source("6.6.6.6, 1.2.3.4, 10.0.0.2", peer: "10.0.0.1") == "1.2.3.4")
        #expect(source("<script>", peer: "10.0.0.1") == "10.0.0.1")
        #expect(source(nil, peer: "10.0.0.1") == "10.0.0.1")
    }

    @Test("the Date header is RFC 9110's")
    func date() {
        #expect(ServerClock.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
