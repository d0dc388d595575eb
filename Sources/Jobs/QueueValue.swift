public import Access
public import Values

/// What may stand in an event or a job: ids, days, instants, numbers, short codes. Never a name, never words about a person.
/// An enum with a String raw value conforms by saying so.
public protocol QueueValue: Sendable {
    var queueText: String { get }
    init?(queueText: String)
}

extension QueueValue where Self: RawRepresentable, RawValue == String {
    public var queueText: String { rawValue }
    public init?(queueText: String) { self.init(rawValue: queueText) }
}

extension ID: QueueValue {
    public var queueText: String { description }
    public init?(queueText: String) { self.init(queueText) }
}

extension UUID: QueueValue {
    public var queueText: String { description }
    public init?(queueText: String) { self.init(queueText) }
}

extension Day: QueueValue {
    public var queueText: String { description }
    public init?(queueText: String) { self.init(queueText) }
}

extension TimeOfDay: QueueValue {
    public var queueText: String { description }
    public init?(queueText: String) { self.init(queueText) }
}

extension Instant: QueueValue {
    public var queueText: String { description }
    public init?(queueText: String) { self.init(queueText) }
}

extension Int: QueueValue {
    public var queueText: String { String(self) }
    public init?(queueText: String) { self.init(queueText) }
}

extension Bool: QueueValue {
    public var queueText: String { self ? "true" : "false" }
    public init?(queueText: String) { self.init(queueText) }
}

extension Actor.Kind: QueueValue {}

/// A code. Reading refuses more than 200 bytes and control characters: whatever is longer is not a code.
extension String: QueueValue {
    public var queueText: String { self }
    public init?(queueText: String) {
        guard queueText.utf8.count <= 200, queueText.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        self = queueText
    }
}
