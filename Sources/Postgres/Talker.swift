/// The caller's side of what a connection does outside the pipeline: one request after another on one leased connection.
struct Talker {
    private let database: Database
    private let scope: Scope
    private let origin: Origin
    private let patience: Duration
    private var lease: SegmentOrder.Lease?

    init(_ database: Database, _ scope: Scope, _ origin: Origin, patience: Duration) {
        self.database = database
        self.scope = scope
        self.origin = origin
        self.patience = patience
    }

    @discardableResult
    mutating func say(_ talk: Talk) async throws -> SegmentAnswer {
        let answer = try await database.segment(.talk(talk), lease: lease, scope: scope, origin: origin, patience: patience)
        lease = answer.lease
        if let failure = answer.failure { throw failure.sqlState == .queryCanceled && Task.isCancelled ? CancellationError() : failure }
        return answer
    }

    /// A transaction under the scope around `body`. What goes wrong inside costs the connection: a COPY can be ended in no simpler way.
    mutating func transaction(_ mode: TransactionMode = .readWrite, _ body: (inout Talker) async throws -> Void) async throws {
        do {
            try await say(.statement(mode.begin))
            if let opening = scope.opening { try await say(.statement(opening)) }
            try await body(&self)
            if Task.isCancelled { throw CancellationError() }
            try await say(.statement("commit"))
        } catch {
            await end(.abandon)
            throw error
        }
        await end(.end)
    }

    /// Gives the connection back. An error here says that it is gone already.
    mutating func end(_ talk: Talk) async {
        guard let lease else { return }
        _ = try? await database.segment(.talk(talk), lease: lease, scope: scope, origin: origin, isCancellable: false)
        self.lease = nil
    }
}
