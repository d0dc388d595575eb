import Values

/// Who pays for a patient first, and by which contract.
struct Coverage: Sendable, Hashable {
    /// What the patient is to the subscriber.
    enum Relationship: String, Sendable, CaseIterable {
        case itself = "self"
        case spouse, child, other

        /// PAT01; nil when the patient is the subscriber.
        var individualCode: String? {
            switch self {
            case .itself: nil
            case .spouse: "01"
            case .child: "19"
            case .other: "G8"
            }
        }
    }

    let id: CoverageID
    let patient: PatientID
    let payer: PayerID
    /// 1 pays first.
    var priority: Int
    /// The end of the member id; the id itself is sealed.
    var memberIDTail: String
    var groupNumber: String?
    /// A person of this location.
    let subscriber: PersonID
    let relationship: Relationship
    var fromDay: Day
    /// The first day it is no longer in force; nil while it is.
    var untilDay: Day?
    var version: Int
    var createdAt: Instant
    var updatedAt: Instant

    /// The member id as it may be shown.
    var maskedMemberID: String { "****" + memberIDTail }

    static let exists = Problem.conflict("coverage_exists", "The patient has a coverage of this priority from this day.")
    static let endsBeforeItBegins = Problem.Member("/until_day", "before_from_day", "It must be after from_day.")

    func isInForce(on day: Day) -> Bool { fromDay <= day && untilDay.map { day < $0 } ?? true }

    /// As it is stored and compared: capitals, without blanks and hyphens, which cards print in many ways.
    static func normalized(memberID: String) -> String {
        String(String.UnicodeScalarView(memberID.uppercased().unicodeScalars.filter { $0 != " " && $0 != "-" }))
    }

    /// The last four characters, fewer of a short id: never so many that the rest can be guessed.
    static func tail(of memberID: String) -> String { String(memberID.suffix(memberID.count >= 8 ? 4 : memberID.count >= 5 ? 2 : 0)) }
}
