import Access
import Postgres
import Values
import Web

/// An appointment at another location of the organization, which whoever waits here gives up when they take an offer.
struct AppointmentElsewhere: Sendable, Hashable {
    var location = LocationID.blank
    var appointment = AppointmentID.blank

    static let shape = Shape("AppointmentElsewhere", AppointmentElsewhere()) {
        Field("location_id", \.location, .id())
        Field("appointment_id", \.appointment, .id())
    }
}

/// How far giving it up is.
enum ElsewhereStatus: String, Sendable, CaseIterable, Bindable, Readable {
    case pending, released, failed
}

/// Why it could not be given up, and what is to be done then.
enum ElsewhereFailure: String, Error, Sendable, CaseIterable, Bindable, Readable {
    case notFound = "not_found"
    /// Or is over.
    case begun = "already_begun"
    case notLater = "not_later"
    case claimCancelled = "claim_cancelled"
    case rightWithdrawn = "right_withdrawn"
    case suspended = "location_suspended"
    case unreachable = "location_unreachable"

    var advice: String {
        switch self {
        case .notFound: "There is no such appointment there any more. Ask the patient whether they still have one, and cancel it there."
        case .begun: "The visit there had begun or was over. Nothing is to be cancelled; tell the location there if nobody came."
        case .notLater: "It had been moved and was not later than what was claimed. Ask the patient which they want, and cancel the other."
        case .claimCancelled: "What was claimed was cancelled before. Nothing was given up; ask the patient whether they still want it."
        case .rightWithdrawn: "Whoever named it may not cancel there any more. Ask somebody who may to cancel it there."
        case .suspended: "The location there is suspended. Cancel the appointment when it is open again."
        case .unreachable: "The location there could not be reached for hours. Look there, and cancel the appointment if it still stands."
        }
    }
}

/// What names an appointment elsewhere.
protocol NamingElsewhere {
    var elsewhere: AppointmentElsewhere? { get set }
}

extension NamingElsewhere {
    /// Of other locations nothing is told to whoever may not see appointments there, not even which they are.
    func shown(to caller: Caller, in organization: OrganizationID) -> Self {
        guard let elsewhere else { return self }
        let seen = caller.locations(with: .appointmentsRead, in: organization)
        guard !seen.contains(elsewhere.location, of: organization) else { return self }
        var shown = self
        shown.elsewhere = nil
        return shown
    }
}
