public import Postgres

/// Where a job stands.
public enum JobState: String, Sendable, CaseIterable, Bindable, Readable {
    /// To be run, now or later.
    case ready
    case running
    case done
    /// Ended by its own decision: there was nothing to do any more.
    case discarded
    /// Waits for an operator, with the reason.
    case dead
}
