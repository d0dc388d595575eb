/// Pauses between attempts to connect: doubled each time, with jitter so that many processes do not come back in one moment.
struct Backoff {
    private let minimum: Duration
    private let maximum: Duration
    private var next: Duration

    init(from minimum: Duration, to maximum: Duration) {
        self.minimum = minimum
        self.maximum = max(minimum, maximum)
        next = minimum
    }

    /// The next pause: between half and the whole of the step.
    mutating func pause() -> Duration {
        defer { next = min(next * 2, maximum) }
        return next * Double.random(in: 0.5...1)
    }

    mutating func reset() {
        next = minimum
    }
}
