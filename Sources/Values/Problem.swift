/// Why something is refused, in words for the caller and with a stable code. Domain code throws it; Web turns it into
/// RFC 9457. It never carries personal data, SQL or values from the database.
public struct Problem: Error, Hashable, Sendable {
    /// What sort of refusal it is; Web maps each to one HTTP status.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The request cannot be read (400).
        case malformed
        /// Nobody is signed in (401).
        case unauthenticated
        /// The caller may not (403).
        case forbidden
        /// There is no such thing, or the caller may not know of it (404).
        case notFound
        /// The route knows other methods (405).
        case methodNotAllowed
        /// It contradicts what is already so (409).
        case conflict
        /// The version named is not the current one (412).
        case stale
        /// Larger than the limit (413).
        case tooLarge
        /// The body's media type is not accepted (415).
        case unsupportedMedia
        /// A member is wrong (422).
        case invalid
        /// A change must name the version it changes (428).
        case versionRequired
        /// Too many requests (429).
        case tooMany
        /// It failed on our side (500).
        case failed
        /// Not now; try again (503).
        case unavailable
    }

    /// One wrong member: a JSON pointer (RFC 6901) or the name of a parameter, a stable code, and what to do about it.
    public struct Member: Hashable, Sendable {
        public let pointer: String
        public let code: String
        public let detail: String

        public init(_ pointer: String, _ code: String, _ detail: String) {
            self.pointer = pointer
            self.code = code
            self.detail = detail
        }
    }

    public let kind: Kind
    public let code: String
    public let detail: String
    public var errors: [Member]
    /// Members that help the caller go on, for example the conflicting id: name → already encoded JSON.
    public var extra: [String: String]
    /// When to try again, in seconds.
    public var retryAfter: Int?

    public init(
        _ kind: Kind,
        _ code: String,
        _ detail: String,
        errors: [Member] = [],
        extra: [String: String] = [:],
        retryAfter: Int? = nil
    ) {
        self.kind = kind
        self.code = code
        self.detail = detail
        self.errors = errors
        self.extra = extra
        self.retryAfter = retryAfter
    }

    public static func invalid(_ code: String, _ detail: String) -> Problem { Problem(.invalid, code, detail) }

    /// One member is wrong.
    public static func invalid(_ pointer: String, _ code: String, _ detail: String) -> Problem {
        Problem(.invalid, "invalid_request", "One or more members are wrong.", errors: [Member(pointer, code, detail)])
    }

    public static func conflict(_ code: String, _ detail: String, extra: [String: String] = [:]) -> Problem {
        Problem(.conflict, code, detail, extra: extra)
    }

    public static func forbidden(_ code: String, _ detail: String) -> Problem { Problem(.forbidden, code, detail) }

    /// The version named with If-Match is not the current one.
    public static let stale = Problem(.stale, "stale", "It was changed in the meantime. Read it again and repeat your change.")

    /// The same answer whether the thing never existed, was removed, or belongs to somebody else.
    public static let notFound = Problem(.notFound, "not_found", "There is no such thing here.")
}
