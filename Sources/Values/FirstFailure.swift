/// For work on many of which one that fails must not keep the others from their turn: holds the first error until all had theirs.
public struct FirstFailure {
    private var error: (any Error)?

    public init() {}

    public mutating func from(_ work: () async throws -> Void) async {
        do { try await work() } catch { self.error = self.error ?? error }
    }

    /// Throws what was held.
    public func rethrow() throws {
        if let error { throw error }
    }
}
