import Jobs
import Values

extension Appointment {
    /// What others are told: ids and the day whose figures change; after a move to another day also the day it was on.
    func event(_ name: String, previousDay: Day? = nil) -> Event {
        var members: QueueMembers = ["appointment": id, "patient": patient, "day": day]
        members["previous_day"] = previousDay?.queueText
        return Event(name, members)
    }
}
