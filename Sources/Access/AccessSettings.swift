/// Limits of sign-in and sessions. A deployment may make them stricter.
public struct AccessSettings: Sendable {
    /// Shown by authenticator apps.
    public var issuer = "Polyclinic"
    /// Seconds without user action after which a session ends.
    public var idleSeconds: Int64 = 15 * 60
    /// Seconds after which it ends in any case.
    public var sessionSeconds: Int64 = 12 * 3600
    /// How often the last use is written: not on every request.
    public var touchSeconds: Int64 = 60
    /// How long a proof (password or code) opens the routes that need one (AU-12).
    public var stepUpSeconds: Int64 = 10 * 60
    /// How long a broken glass opens a chart (AZ-11): at most an hour.
    public var breakGlassSeconds: Int64 = 60 * 60 {
        didSet { breakGlassSeconds = max(1, min(breakGlassSeconds, 3600)) }
    }
    /// Open sessions of one account; the oldest makes room.
    public var sessionsPerAccount = 20
    /// How old what is known of a caller may be (L2): at most a second.
    public var callerLifetime: Duration = .seconds(1) {
        didSet { callerLifetime = min(callerLifetime, .seconds(1)) }
    }
    /// Callers kept in memory.
    public var callerLimit = 10_000
    /// The life of an invitation.
    public static let invitationSeconds: Int64 = 7 * 86_400
    /// The longest life of an API key.
    public static let keySeconds: Int64 = 366 * 86_400
    /// Threads for password hashing; each needs 19 MiB while it works.
    public var hashingThreads = 2
    public var hashingQueue = 32
    public var guesses = GuessLimits()
    /// Entries of the trail that one refused actor makes in a minute; more are only counted.
    public var refusalsPerMinute = 10
    /// Where the worker adds a signed checkpoint of every trail each hour; nil is nowhere.
    public var checkpointFolder: String?

    public init() {}
}
