public import Postgres
public import Values

/// A kind of visit: how long it takes, what it needs, who may take it and give it, which fee goes with it.
public struct AppointmentType: Sendable, Hashable {
    /// For whom it is: `new` are patients who have not been seen here yet.
    public enum Audience: String, Sendable, CaseIterable, Bindable, Readable {
        case any, new, returning
    }

    /// What happens when its provider is taken already.
    public enum DoubleBooking: String, Sendable, CaseIterable, Bindable, Readable {
        case forbid
        /// Whoever may override the schedule's rules can, and says why.
        case withReason = "with_reason"
        /// A provider takes so many at once (`lanes`): of this type, and of others that allow as many.
        case lanes
    }

    public var id: AppointmentTypeID
    public var name: String
    public var minutes: Int
    /// Minutes that its resources, not the patient, are taken before and after.
    public var bufferBefore: Int
    public var bufferAfter: Int
    /// The kinds of resources it needs; a kind named twice is needed twice.
    public var needs: [Resource.Kind]
    /// The code that is charged when a visit of this type is completed without naming procedures.
    public var feeCode: String?
    /// It is booked so many minutes before its start at the latest.
    public var leadMinutes = 0
    /// And so many days at the earliest; nil has no bound of its own.
    public var horizonDays: Int?
    /// Whether patients book it themselves; else staff only.
    public var online = false
    public var patients = Audience.any
    /// The providers who may; none means all.
    public var performers: [ProviderID] = []
    /// `#RRGGBB`, for calendars.
    public var colour: String?
    /// What is asked for beforehand, in minor units of the location's currency.
    public var deposit: Int64?
    public var preparation: String?
    /// Codes of the forms to be filled in before.
    public var forms: [String] = []
    public var doubleBooking = DoubleBooking.forbid
    public var lanes = 1
    /// More than one: patients share it, all from its beginning to its end.
    public var seats = 1
    public var active: Bool
    /// The pack it comes from; nil for the location's own.
    var inherited: Inherited?
    public var version: Int
    public var createdAt: Instant
    public var updatedAt: Instant
    public var updatedBy: UUID?

    static let inherited = Problem.conflict(
        "inherited",
        "This type comes from a pack of the organization, which says what may be changed here; see errors."
    )
    static let nameTaken = Problem.conflict("name_taken", "Another appointment type has this name.")
    static let minutesRange = 5...1440
    static let bufferRange = 0...240
    static let lanesWithoutPolicy = Problem.invalid(
        "/lanes",
        "lanes_without_policy",
        "More than one lane needs double_booking to be lanes."
    )
    static let groupAlone = Problem.invalid(
        "/seats",
        "group_alone",
        "A group with seats is not double-booked besides: leave double_booking at forbid."
    )

    func mayPerform(_ provider: ResourceID) -> Bool { performers.isEmpty || performers.contains { $0.resource == provider } }

    /// The kinds that are needed and not among these.
    func missing(from kinds: [Resource.Kind]) -> [Resource.Kind] {
        var rest = kinds
        return needs.filter { kind in
            guard let index = rest.firstIndex(of: kind) else { return true }
            rest.remove(at: index)
            return false
        }
    }
}
