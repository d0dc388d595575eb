import Crypto
public import Logging
public import Tenancy
public import Values

/// The shared module of permissions and trail: who calls, what they may, what they saw and did. Every entry point (routes, pages, jobs, command
/// line) asks here, so that a rule changed in one place holds for all.
public final class Access: Sendable {
    let tenancy: Tenancy
    let keys: KeyRing
    let settings: AccessSettings
    let ambient: Ambient
    let logger: Logger
    let typeAhead = TypeAhead()
    let callers: CallerCache
    let hashing: HashingLanes

    public init(tenancy: Tenancy, keys: KeyRing, settings: AccessSettings = AccessSettings(), ambient: Ambient, logger: Logger) {
        self.tenancy = tenancy
        self.keys = keys
        self.settings = settings
        self.ambient = ambient
        self.logger = logger
        callers = CallerCache(lifetime: settings.callerLifetime, limit: settings.callerLimit)
        hashing = HashingLanes(threads: settings.hashingThreads, queueLimit: settings.hashingQueue)
    }

    /// How long broken glass opens a chart at most.
    public var breakGlassSeconds: Int64 { settings.breakGlassSeconds }

    /// Writes an act that changes nothing else, for the command line: searches, exports, verifications.
    public func record(_ act: Act, in trail: Trail, by caller: Caller) async throws {
        let now = ambient.now()
        switch trail {
        case .location(let location):
            try await tenancy.transaction(location) { tx in tx.audit(act, by: caller, at: now, ambient: ambient) }
        case .organization(let organization):
            try await tenancy.organization(organization) { tx in
                tx.auditOrganization(act, organization: organization, by: caller, at: now, ambient: ambient)
            }
        }
    }
}
