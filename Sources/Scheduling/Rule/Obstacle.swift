public import Access
public import Postgres
public import Values

/// Why an appointment cannot be at a time: one rule in its way, who set it and when, and the smallest change that would free it of this one.
public struct Obstacle: Sendable, Hashable {
    public enum Rule: String, Sendable, CaseIterable, Bindable, Readable {
        /// The location is closed.
        case closed
        /// A resource does not work then.
        case outsideHours = "outside_hours"
        case block
        /// The time of a resource is taken.
        case occupied
        /// It would be free without the minutes kept before and after.
        case buffer
        case patientBusy = "patient_busy"
        /// Another group, or somebody alone, has some of the time of a group.
        case otherGroup = "other_group"
        case leadTime = "lead_time"
        case horizon
        /// The provider may not perform this type.
        case performer
        case resourceMissing = "resource_missing"
        case resourceInactive = "resource_inactive"
        case typeInactive = "type_inactive"
        case outsideAllotment = "outside_allotment"
        case newPatientsOnly = "new_patients_only"
        case returningPatientsOnly = "returning_patients_only"
        /// Patients do not book this type themselves.
        case staffOnly = "staff_only"

        /// Whether it is about time that somebody has, not about what is allowed.
        var isTaken: Bool {
            switch self {
            case .occupied, .buffer, .patientBusy, .otherGroup: true
            default: false
            }
        }

        /// Whether whoever may override the schedule's rules may set it aside.
        var isPolicy: Bool {
            switch self {
            case .closed, .outsideHours, .block, .leadTime, .horizon, .performer, .newPatientsOnly, .returningPatientsOnly: true
            default: false
            }
        }
    }

    /// What set the rule.
    public struct Cause: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            case weeklyHours = "weekly_hours", datedHours = "dated_hours", block, appointment, hold, appointmentType = "appointment_type",
                resource
            /// Its time is offered to the waitlist.
            case waitlistHold = "waitlist_hold"
        }

        public let kind: Kind
        public let id: UUID
        public let setBy: UUID?
        public let setAt: Instant?

        init(_ kind: Kind, _ id: UUID, by: UUID? = nil, at: Instant? = nil) {
            self.kind = kind
            self.id = id
            setBy = by
            setAt = at
        }
    }

    public let rule: Rule
    /// A resource's id or the patient's; nil is the location or the type.
    public let holder: UUID?
    /// The time it is about, as far as the appointment wants it.
    public let span: InstantRange?
    public let cause: Cause?
    public let remedy: Remedy
    /// Whether the permission to override, and a reason, set it aside.
    public let isOverridable: Bool

    init(_ rule: Rule, of holder: UUID? = nil, at span: InstantRange? = nil, cause: Cause? = nil, _ remedy: Remedy, doubling: Bool = false)
    {
        self.rule = rule
        self.holder = holder
        self.span = span
        self.cause = cause
        self.remedy = remedy
        isOverridable = rule.isPolicy || doubling
    }
}

/// The smallest change after which an obstacle is none.
public struct Remedy: Sendable, Hashable {
    public enum Action: String, Sendable, CaseIterable {
        /// `hours` for `day`, as dated hours.
        case setDatedHours = "set_dated_hours"
        case changeDatedHours = "change_dated_hours"
        case removeBlock = "remove_block"
        case moveAppointment = "move_appointment"
        case awaitHold = "await_hold"
        /// Give the hold back, which withdraws the waitlist's offers.
        case releaseHold = "release_hold"
        /// Begin at `starts_at`.
        case startAt = "start_at"
        /// One of `providers`.
        case chooseProvider = "choose_provider"
        /// One more of `kind`.
        case addResource = "add_resource"
        case activate
        case chooseType = "choose_type"
        case askForAllotment = "ask_for_allotment"
    }

    public let action: Action
    /// Of the block, hours or appointment to be changed.
    public var id: UUID?
    public var resource: ResourceID?
    public var day: Day?
    public var hours: [DayPart]?
    public var startsAt: Instant?
    public var providers: [ProviderID]?
    public var kind: Resource.Kind?
    /// What it needs.
    public var permission: Permission?

    init(_ action: Action, id: UUID? = nil) {
        self.action = action
        self.id = id
    }
}
