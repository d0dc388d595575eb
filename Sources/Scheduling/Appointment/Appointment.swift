public import Values

/// A visit that is planned, or was.
public struct Appointment: Sendable, Hashable {
    /// A room, chair, device or further provider of it.
    public struct Use: Sendable, Hashable {
        public let id: ResourceID
        public let kind: Resource.Kind
        public let name: String
    }

    public let id: AppointmentID
    public let patient: PatientID
    public let type: AppointmentTypeID
    public let typeName: String
    public var provider: ProviderID
    public var providerName: String
    public var resources: [Use]
    /// What the patient was told; buffers are not in it.
    public var span: InstantRange
    /// The zone whose wall clock was promised.
    public var timeZone: String
    public var day: Day
    public var time: TimeOfDay
    public var status: Status
    public var note: String?
    public var cancelReason: String?
    public var cancelNote: String?
    public var cancelledLate: Bool?
    public var confirmedAt: Instant?
    public var arrivedAt: Instant?
    public var roomedAt: Instant?
    public var startedAt: Instant?
    public var checkedOutAt: Instant?
    public var completedAt: Instant?
    /// When it was completed, cancelled or found to be a no-show.
    public var closedAt: Instant?
    public var encounter: EncounterID?
    /// The rules of the schedule that were set aside for its time, and why.
    public var overridden: [Obstacle.Rule] = []
    public var overrideCode: String?
    public var overrideText: String?
    public var version: Int
    public let createdAt: Instant
    public var updatedAt: Instant

    public var startsAt: Instant { span.start }
    public var endsAt: Instant { span.end }
    public var minutes: Int { Int(clamping: span.end.seconds(since: span.start) / 60) }
    /// Every resource it takes, its provider first.
    var allResources: [ResourceID] { [provider.resource] + resources.map(\.id) }
}
