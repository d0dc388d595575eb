import Synchronization
public import Values

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

/// The access log of a clinic's gateway, kept in memory instead of cluttering the output of the tests.
public final class RequestLines: Sendable {
    /// Only the newest are kept: a suite that floods its gateway must not flood the memory.
    private static let limit = 8 << 20
    private let bytes = Mutex<[UInt8]>([])

    func append(_ more: [UInt8]) {
        bytes.withLock { bytes in
            if bytes.count > RequestLines.limit { bytes = [] }
            bytes += more
        }
    }

    /// Everything that was written.
    public var text: String { String(decoding: bytes.withLock(\.self), as: UTF8.self) }

    /// The lines of these requests, by their ids, once they are written.
    public func of(_ ids: [String]) async throws -> [String: JSON] {
        let wanted = Set(ids)
        var found: [String: JSON] = [:]
        try await eventually("the requests are logged") {
            for line in bytes.withLock(\.self).split(separator: UInt8(ascii: "\n")) {
                let json = try JSON.parse(Array(line))
                if let id = json["request_id"]?.text, wanted.contains(id) { found[id] = json }
            }
            return found.count == wanted.count
        }
        return found
    }
}
