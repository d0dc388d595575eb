import Synchronization
public import Values

/// The machine's time, set forward by a test; a clinic opened with its `ambient` lives in it.
public final class TestClock: Sendable {
    private let ahead = Atomic<Int64>(0)

    public init() {}

    public func advance(seconds: Int64) { ahead.add(seconds, ordering: .sequentiallyConsistent) }

    public var now: Instant { Ambient.system.now().adding(seconds: ahead.load(ordering: .sequentiallyConsistent)) }

    public var ambient: Ambient { Ambient(now: { self.now }, random: Ambient.system.random) }
}
