import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
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

/// Hummingbird's HTTP/1 channel behind our edge, with each connection handled on its event loop.
struct LoopChannel: ServerChildChannel {
    let base: HTTP1Channel
    let executors: LoopExecutors
    let lingerTimeout: TimeAmount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try channel.pipeline.syncOperations.addHandler(ConnectionEdge(lingerTimeout: lingerTimeout), position: .first)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(executors[value.channel.eventLoop]) { await base.handle(value: value, logger: logger) }
    }
}
