import NIOCore
import NIOPosix

/// Where heartbeats run. A handler that computes on every core occupies the global pool for as long as it likes; on an event loop of NIO's,
/// a thread that only moves bytes, the lease is prolonged all the same.
final class BeatExecutor: TaskExecutor {
    private let loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Waits on the loop's own clock: `Task.sleep` wakes through the global pool. Returns early when cancelled.
    func sleep(for duration: Duration) async {
        let alarm = loop.scheduleTask(in: .milliseconds(Int64(duration.milliseconds))) {}
        await withTaskCancellationHandler {
            try? await alarm.futureResult.get()  // cancelled: the caller's condition sees it
        } onCancel: {
            alarm.cancel()
        }
    }
}
