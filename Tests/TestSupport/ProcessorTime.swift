import Glibc

/// What some work costs the processor: other tests and a busy machine do not count. Only for work that stays on its thread.
public func processorTime(_ work: () throws -> Void) rethrows -> Duration {
    let before = spent()
    try work()
    return spent() - before
}

private func spent() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
