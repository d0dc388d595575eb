import NIOCore
import Synchronization

/// Runs a connection's task on the event loop that owns its socket: no hop to the global pool between reading and handling. Nothing that
/// blocks or takes long may run in a handler.
final class LoopExecutor: TaskExecutor {
    private struct Queue {
        var jobs: ContiguousArray<UnownedJob> = []
        var isScheduled = false
    }

    private let loop: any EventLoop
    private let queue = Mutex(Queue())
    /// Rounds before the sockets get a turn.
    private static let rounds = 8

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.isScheduled = true }
            return !queue.isScheduled
        }
        // One wake-up for all jobs that gather until the loop gets to it.
        if isFirst { loop.execute { self.drain() } }
    }

    private func drain() {
        for _ in 0..<LoopExecutor.rounds {
            let batch = queue.withLock { queue in
                defer { queue.jobs.removeAll() }
                if queue.jobs.isEmpty { queue.isScheduled = false }
                return queue.jobs
            }
            if batch.isEmpty { return }
            for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
        loop.execute { self.drain() }
    }
}

/// One executor for each event loop of a group.
struct LoopExecutors: Sendable {
    private let executors: [ObjectIdentifier: LoopExecutor]

    init(_ group: any EventLoopGroup) {
        executors = Dictionary(uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) })
    }

    subscript(_ loop: any EventLoop) -> LoopExecutor? { executors[ObjectIdentifier(loop)] }
}
