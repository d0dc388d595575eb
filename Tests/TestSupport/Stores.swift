import Synchronization

/// Signs each person in once, however many tests ask at the same time, and one after the other: many at once from one address look like
/// guessing.
actor TokenStore {
    private var pending: [String: Task<String, any Error>] = [:]
    private var last: Task<String, any Error>?

    func token(_ name: String, _ signIn: @escaping @Sendable () async throws -> String) async throws -> String {
        if let task = pending[name] { return try await task.value }
        let previous = last
        let task = Task {
            _ = await previous?.result
            return try await signIn()
        }
        pending[name] = task
        last = task
        return try await task.value
    }
}

/// The services a clinic runs in the background.
final class TaskStore: Sendable {
    private let tasks = Mutex<[Task<Void, any Error>]>([])

    func add(_ task: Task<Void, any Error>) { tasks.withLock { $0.append(task) } }

    func cancelAll() async {
        let all = tasks.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        for task in all.reversed() {
            task.cancel()
            _ = try? await task.value  // how it ended does not matter any more
        }
    }
}
