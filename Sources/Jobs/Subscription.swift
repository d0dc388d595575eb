/// Turns an event into one job of a subscriber, unique by event and subscriber. The job lands in the queue of the event's own location
/// (or organization).
public struct Subscription: Sendable {
    let event: String
    let subscriber: String
    let kind: String
    /// nil: this event asks nothing of this subscriber. Errors: the event cannot be read, which becomes a dead job.
    let parameters: @Sendable (Event) throws -> JobParameters?

    /// - Parameter subscriber: Who asks; the job's kind unless one kind subscribes twice.
    public init<Started: JobDescription>(
        _ event: String,
        starts job: Started.Type,
        subscriber: String? = nil,
        _ make: @escaping @Sendable (Event) throws -> Started?
    ) {
        self.event = event
        self.subscriber = subscriber ?? Started.kind
        kind = Started.kind
        parameters = { event in try make(event)?.parameters }
    }
}
