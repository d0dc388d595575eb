/// Something that happened, told in the transaction that made it happen. Members are only ever added; a changed meaning is a new version.
public struct Event: Sendable, Hashable {
    /// Noun and past participle: `appointment.completed`.
    public let name: String
    public let version: Int
    public let members: QueueMembers

    public init(_ name: String, version: Int = 1, _ members: QueueMembers) {
        self.name = name
        self.version = version
        self.members = members
    }
}
