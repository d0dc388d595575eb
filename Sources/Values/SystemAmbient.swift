import Glibc

extension Ambient {
    /// The machine's clock and random number generator.
    public static let system = Ambient(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
        },
        random: {
            var generator = SystemRandomNumberGenerator()
            return generator.next()
        }
    )
}
