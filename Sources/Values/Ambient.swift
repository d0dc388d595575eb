/// Time and randomness, handed in from outside so that tests decide both (DESIGN L6).
public struct Ambient: Sendable {
    public let now: @Sendable () -> Instant
    /// Cryptographically strong random bits.
    public let random: @Sendable () -> UInt64

    public init(now: @escaping @Sendable () -> Instant, random: @escaping @Sendable () -> UInt64) {
        self.now = now
        self.random = random
    }

    /// A fresh id, version 7.
    public func id<Of>(_ type: ID<Of>.Type = ID<Of>.self) -> ID<Of> {
        ID(UUID.version7(at: now(), random: random(), random()))
    }

    /// Strong random bytes, for tokens and keys.
    public func bytes(_ count: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(count + 7)
        while out.count < count {
            withUnsafeBytes(of: random()) { out.append(contentsOf: $0) }
        }
        return Array(out.prefix(count))
    }
}
