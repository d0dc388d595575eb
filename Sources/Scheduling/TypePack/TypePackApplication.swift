import Postgres
import Values

/// One application of a pack: how far it is, location by location.
struct TypePackApplication: Sendable {
    let id: TypePackApplicationID
    let pack: TypePackID
    let adopt: Bool
    let createdAt: Instant
    let parts: [TypePackPart]

    static let foreignLocation = "There is no such location, or you may not change its appointment types."
}

/// What became of an application at one location.
struct TypePackPart: Sendable {
    enum State: String, Sendable, CaseIterable, Readable {
        case waiting, applied
        /// Its job ended without: the reason says why.
        case failed
    }

    let location: LocationID
    var state = State.waiting
    /// The pack's version that was applied: the current one when the job ran.
    var appliedVersion: Int?
    var appliedAt: Instant?
    var refused: [TypePackRefusal] = []
    var reason: String?
}
