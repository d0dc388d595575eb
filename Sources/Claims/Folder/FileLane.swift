import Dispatch

/// Where blocking file calls run: one thread of their own, never the threads that serve requests.
enum FileLane {
    private static let queue = DispatchQueue(label: "polyclinic.claims.files")

    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
