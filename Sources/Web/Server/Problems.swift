import Logging
import Postgres
public import Values

extension Problem.Kind {
    /// The HTTP status it is told with.
    public var status: Int {
        switch self {
        case .malformed: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .stale: 412
        case .tooLarge: 413
        case .unsupportedMedia: 415
        case .invalid: 422
        case .versionRequired: 428
        case .tooMany: 429
        case .failed: 500
        case .unavailable: 503
        }
    }

    /// The same for every problem of the status (RFC 9457's `title`).
    var title: String {
        switch self {
        case .malformed: "The request cannot be read"
        case .unauthenticated: "Sign in first"
        case .forbidden: "Not allowed"
        case .notFound: "Not found"
        case .methodNotAllowed: "Another method is needed"
        case .conflict: "It contradicts what is already so"
        case .stale: "It has changed since"
        case .tooLarge: "Too large"
        case .unsupportedMedia: "Another media type is needed"
        case .invalid: "The request is not valid"
        case .versionRequired: "Name the version"
        case .tooMany: "Too many requests"
        case .failed: "It failed on our side"
        case .unavailable: "Not now"
        }
    }
}

extension Problem {
    /// RFC 9457, with `code`, `request_id`, `errors` and the problem's own members.
    func reply(_ requestID: UUID) -> Reply {
        var writer = JSONWriter()
        writer.beginProblem(code, kind.title, kind.status, detail, requestID)
        if !errors.isEmpty {
            writer.key("errors")
            writer.beginArray()
            for error in errors {
                writer.beginObject()
                writer.key("pointer")
                writer.string(error.pointer)
                writer.key("code")
                writer.string(error.code)
                writer.key("detail")
                writer.string(error.detail)
                writer.endObject()
            }
            writer.endArray()
        }
        for (name, value) in extra.sorted(by: { $0.key < $1.key }) {
            writer.key(text: name)
            writer.raw(value)
        }
        writer.endObject()
        var reply = Reply(status: kind.status, body: writer.bytes, media: "application/problem+json")
        if let retryAfter { reply.headers.append(("Retry-After", String(retryAfter))) }
        if kind == .unauthenticated { reply.headers.append(("WWW-Authenticate", "Bearer")) }
        return reply
    }

    static let deadline = Problem(
        .unavailable,
        "deadline_passed",
        "This took longer than it may. It may still have happened: look before you try again.",
        retryAfter: 5
    )
    static let busy = Problem(.unavailable, "busy", "The server is at its limit. Try again shortly.", retryAfter: 1)
    static let failure = Problem(.failed, "internal", "It failed on our side and was logged. Name the request_id when you report it.")
}

extension JSONWriter {
    /// The members that every problem has.
    mutating func beginProblem(_ code: String, _ title: String, _ status: Int, _ detail: String, _ requestID: UUID) {
        beginObject()
        key("type")
        string("urn:polyclinic:problem:" + code)
        key("title")
        string(title)
        key("status")
        int(status)
        key("detail")
        string(detail)
        key("code")
        string(code)
        key("request_id")
        string(requestID.description)
    }
}

/// Turns whatever a handler threw into a problem. What is ours is logged once: SQLSTATE, constraint and origin, never a value.
struct ErrorMapping: Sendable {
    let logger: Logger

    func problem(_ error: any Error, _ requestID: UUID, route: String) -> Problem {
        switch error {
        case let problem as Problem:
            if problem.kind == .failed { log(requestID, route, "problem \(problem.code)") }
            return problem
        case let error as PostgresError: return postgres(error, requestID, route)
        case let error as JSONFailure: return error.problem
        case let error as DecodingFailure:
            log(requestID, route, error.description)
            return .failure
        case is CancellationError: return .deadline
        default:
            // A description might quote a value; a type's name cannot.
            log(requestID, route, "error of type \(type(of: error))")
            return .failure
        }
    }

    private func postgres(_ error: PostgresError, _ requestID: UUID, _ route: String) -> Problem {
        switch error.kind {
        case .overloaded, .notSent, .timeout:
            return Problem(.unavailable, "database_unavailable", "The database cannot be reached now. Nothing was changed.", retryAfter: 2)
        case .unknownOutcome:
            return Problem(
                .unavailable,
                "outcome_unknown",
                "The connection was lost while this was saved. Repeat it with the same Idempotency-Key, or look first.",
                retryAfter: 2
            )
        case .cancelled: return .deadline
        case .closed: return Problem(.unavailable, "stopping", "This server is stopping. Try again.", retryAfter: 1)
        case .misuse: break
        case .server:
            switch error.sqlState {
            case .serializationFailure?, .deadlockDetected?, .lockNotAvailable?:
                return Problem(
                    .unavailable,
                    "try_again",
                    "Others were changing the same thing. Nothing was changed; try again.",
                    retryAfter: 1
                )
            case .queryCanceled?:
                return Problem(
                    .unavailable,
                    "statement_timeout",
                    "This took longer than it may. Nothing was changed; ask for less.",
                    retryAfter: 5
                )
            case let state? where state.isOutage:
                return Problem(.unavailable, "database_unavailable", "The database cannot be used now. Nothing was changed.", retryAfter: 2)
            case .diskFull?, .outOfMemory?:
                // Somebody has to make room; until then it is the same for everybody.
                log(requestID, route, error.description)
                return Problem(.unavailable, "database_full", "The database has no room for this now. Nothing was changed.", retryAfter: 30)
            case .uniqueViolation?, .exclusionViolation?, .foreignKeyViolation?, .checkViolation?:
                log(requestID, route, "unmapped \(error.description)")
                return .conflict("conflict", "It contradicts what is already so.")
            default: break
            }
        }
        log(requestID, route, error.description)
        return .failure
    }

    private func log(_ requestID: UUID, _ route: String, _ what: String) {
        logger.error("request failed", metadata: ["request_id": "\(requestID)", "route": "\(route)", "error": "\(what)"])
    }
}
