import Synchronization

/// Measures time as this process was given it. A test that runs beside a dozen others, or on a machine that stands still for a moment, is not slow
/// because the machine is: only beats of a heart that comes as late as everything else are counted.
public struct Stopwatch: Sendable {
    private let start = Heart.shared.given

    public init() {}

    public var elapsed: Duration { Heart.shared.given - start }
}

private final class Heart: Sendable {
    static let shared = Heart()

    private static let beat: Duration = .milliseconds(5)
    /// What a beat that comes late counts at most.
    private static let longest: Duration = .milliseconds(20)

    private let microseconds = Atomic<Int64>(0)

    var given: Duration { .microseconds(microseconds.load(ordering: .relaxed)) }

    private init() {
        Task.detached { [self] in
            var last = ContinuousClock.now
            while true {
                try? await Task.sleep(for: Heart.beat)
                let now = ContinuousClock.now
                let gap = min(now - last, Heart.longest)
                microseconds.add(Int64(gap / .microseconds(1)), ordering: .relaxed)
                last = now
            }
        }
    }
}
