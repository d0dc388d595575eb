import Values

/// Makes the jobs of an event's subscribers.
struct Relay: Sendable {
    let store: RelayStore
    let ambient: Ambient
    private let subscriptions: [String: [Subscription]]
    private let names: [String]

    init(store: RelayStore, catalogue: JobCatalogue, ambient: Ambient) {
        self.store = store
        self.ambient = ambient
        subscriptions = Dictionary(grouping: catalogue.subscriptions, by: \.event)
        names = Array(Set(catalogue.events + catalogue.subscriptions.map(\.event))).sorted()
    }

    func relay(limit: Int, after cursor: ClaimStore.Cursor) async throws -> (events: Int, jobs: Int, next: ClaimStore.Cursor) {
        guard !names.isEmpty else { return (0, 0, .start) }
        return try await store.relay(names, limit: limit, after: cursor, jobs)
    }

    /// An event that a subscriber cannot read becomes a dead job of that subscriber: seen, and in nobody's way.
    func jobs(_ told: ToldEvent) -> [SubscriberJob] {
        (subscriptions[told.name] ?? []).compactMap { subscription in
            do {
                let event = Event(told.name, version: told.version, try QueueMembers(json: told.members))
                guard let parameters = try subscription.parameters(event) else { return nil }
                return job(subscription, told, parameters.json, nil)
            } catch {
                return job(subscription, told, told.members, "event_unreadable:" + JobFailure.reason(error))
            }
        }
    }

    private func job(_ subscription: Subscription, _ told: ToldEvent, _ parameters: String, _ dead: String?) -> SubscriberJob {
        SubscriberJob(id: ambient.id(), subscription: subscription, event: told, parameters: parameters, dead: dead)
    }
}
