import Access
import Values
import Web

struct SignInBody: Sendable {
    var email = ""
    var password = ""
    var code = ""

    static let shape = Shape("SignIn", SignInBody()) {
        Field("email", \.email, .text(3...254), example: "ada@riverside.example")
        Field("password", \.password, .text(1...256))
        Field("code", \.code, .code(6...6, "0-9"), example: "123456", about: "What the authenticator app shows now. Each code works once.")
    }
}

/// One of both.
struct StepUpBody: Sendable {
    var code: String?
    var password: String?

    static let shape = Shape("StepUp", StepUpBody()) {
        Field("code", \.code, .code(6...6, "0-9"), example: "123456", about: "What the authenticator app shows now; or the password.")
        Field("password", \.password, .text(1...256))
    }
}

extension Access.SignedIn {
    static let shape = Shape<Access.SignedIn>("SignedIn") {
        Field("token", \.token, .text(1...200), about: "Shown this once. Send it as Authorization: Bearer …")
        Field("session_id", \.session, .id())
        Field("expires_at", \.expiresAt, .instant, about: "The session ends then in any case.")
        Field("idle_seconds", \.idleSeconds, .int(1...86_400), about: "Without a request for so long it ends before.")
    }
}

extension Session {
    static let shape = Shape<Session>("Session") {
        Field("id", \.id, .id())
        Field("created_at", \.createdAt, .instant)
        Field("last_used_at", \.lastUsedAt, .instant)
        Field("expires_at", \.expiresAt, .instant)
        Field("source", \.source, .text(1...45), about: "The address it was begun from.")
        Field("user_agent", \.userAgent, .text(1...300))
        Field("current", \.isCurrent, .bool, about: "Whether it is the session that asks.")
    }
}

/// How many things an act ended.
struct Ended: Sendable {
    let count: Int

    static let shape = Shape<Ended>("Ended") {
        Field("ended", \.count, .int(0...Int.max))
    }
}

extension Call {
    /// Where the request came from, as sign-in counts and records it.
    var origin: Access.Origin { Access.Origin(requestID: requestID, source: source, userAgent: userAgent) }
}
