public import Values

/// A table that takes a row about an answer before the answer is given. The rows of many flights share one INSERT and its commit.
public struct Intake: Sendable {
    /// A row: whose it is, and what it says.
    public struct Entry: Sendable {
        /// Made by the application: a row that is sent again after a lost connection is there once.
        public let id: UUID
        public let owner: String
        public let content: String

        public init(id: UUID, owner: String, content: String) {
            self.id = id
            self.owner = owner
            self.content = content
        }
    }

    let scope: Scope
    let insert: @Sendable ([Entry]) -> Statement

    /// `insert` takes any number of rows and ends with `on conflict do nothing`. `role` may do nothing else.
    public init(as role: RoleName, insert: @escaping @Sendable ([Entry]) -> Statement) {
        scope = .role(role, schema: nil, settings: [("synchronous_commit", "on")])
        self.insert = insert
    }
}

/// What has to be on disk before the answer of a flight is given.
public enum Durability: Sendable {
    case none
    /// What the flight itself committed, asynchronously.
    case flushed
    /// A row made of the answer, on the reactor's thread: it must be quick. nil: this answer needs none.
    case recorded(in: Intake, @Sendable ([Rows]) throws -> Intake.Entry?)
}
