import Redis
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct RedisKeyTests {
    @Test("a key says whose it is", .shows("TI-7"))
    func names() {
        #expect(RedisKey(location: "l1", "ready", "billing").name == "polyclinic:location:l1:ready:billing")
        #expect(RedisKey(organization: "o1", "limit").name == "polyclinic:organization:o1:limit")
        #expect(RedisKey.platform("ready").name == "polyclinic:platform:ready")
    }

    @Test("no choice of parts makes two keys one", .shows("TI-7"))
    func injective() {
        let keys = [
            RedisKey(location: "a", "n", "b:c"), RedisKey(location: "a", "n", "b", "c"), RedisKey(location: "a", "n", "b%3Ac"),
            RedisKey(location: "a:n", "b", "c"), RedisKey(location: "a", "n", "b", "c", ""), RedisKey(location: "", "n"),
            RedisKey(organization: "a", "n", "b", "c"), .platform("a", "n", "b", "c"), .platform("n"), RedisKey(location: "a%", "n"),
        ]
        #expect(Set(keys.map(\.name)).count == keys.count)
    }
}
