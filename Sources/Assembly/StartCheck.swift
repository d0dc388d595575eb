import Logging
import Postgres
public import ServiceLifecycle
import Values

/// What gateway and worker refuse to run with (JF-12, TI-4): secrets that anybody could guess, and a database login that may do more than the
/// doors need. Told all at once.
public struct StartCheck: Sendable {
    private let settings: Settings
    private let databases: [Database]
    private let logger: Logger

    init(_ settings: Settings, _ databases: [Database], logger: Logger) {
        self.settings = settings
        self.databases = databases
        self.logger = logger
    }

    /// Errors: `SettingsFault` with every reason. A database that does not answer now is asked later, by `later`.
    public func run() async throws {
        var faults = settings.weaknesses
        for database in databases { faults += await found(database) ?? [] }
        guard faults.isEmpty else { throw SettingsFault(faults: faults) }
    }

    /// Asks databases that were away at the start until each has answered; ends the process when one of them finds something.
    public var later: some Service { LateCheck(check: self) }

    private struct LateCheck: Service {
        let check: StartCheck

        func run() async throws {
            var waiting = check.databases
            // Cancelled, when something else of the process has failed, nothing answers any more.
            while !waiting.isEmpty, !Task.isShuttingDownGracefully, !Task.isCancelled {
                var faults: [String] = []
                var away: [Database] = []
                for database in waiting {
                    guard let found = await check.found(database) else {
                        away.append(database)
                        continue
                    }
                    faults += found
                }
                guard faults.isEmpty else { throw SettingsFault(faults: faults) }
                waiting = away
                if !waiting.isEmpty { try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(5)) } }  // woken to stop
            }
            try? await gracefulShutdown()  // the group ends it
        }
    }

    /// Why this login must not be used for this database; nil when the database does not answer in five seconds.
    private func found(_ database: Database) async -> [String]? {
        let answer = await withTaskGroup(of: Rows?.self) { group in
            // On a connection of its own: catalogs are read, and short reads must not wait for that.
            group.addTask { try? await database.session(.login) { try await $0.query(StartCheck.rights) } }  // away: asked again later
            group.addTask {
                try? await Task.sleep(for: .seconds(5))  // cancelled when the answer is there
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let row = answer?.first, let held = try? row.value(0, as: [String].self) else {  // another shape than asked: as if away
            logger.warning(
                "A database does not answer; its login is checked when it does",
                metadata: ["database": "\(database.settings.database)"]
            )
            return nil
        }
        return held.map { "The login \(database.settings.user) \($0) in the database \(database.settings.database)." }
    }

    /// Asked of the session's own login, and of every role it may switch to. What roles may do is read from the lists of rights and owners, never
    /// asked for each role and each object: in a database of a thousand locations that would be a million questions.
    private static let rights: Statement = """
        with mine as materialized (select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication \
        from pg_catalog.pg_roles r where pg_catalog.pg_has_role(session_user, r.oid, 'member') or r.rolname = session_user), \
        here as materialized (select d.oid, coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba)) as acl from pg_catalog.pg_database d \
        where d.datname = pg_catalog.current_database()), \
        given as materialized (select a.privilege_type from here, pg_catalog.aclexplode(here.acl) a \
        where a.grantee = 0 or a.grantee in (select oid from mine)) \
        select array_remove(array[ \
        case when exists (select from mine where rolsuper and rolname = session_user) then 'is a superuser' \
        when exists (select from mine where rolsuper) then 'may become a superuser' end, \
        case when exists (select from mine where rolbypassrls) then 'bypasses row-level security (BYPASSRLS)' end, \
        case when exists (select from mine where rolcreaterole) then 'may make roles (CREATEROLE)' end, \
        case when exists (select from mine where rolcreatedb) then 'may make databases (CREATEDB)' end, \
        case when exists (select from mine where rolreplication) then 'may replicate (REPLICATION)' end, \
        case when exists (select from pg_catalog.pg_namespace n where n.nspowner in (select oid from mine) and n.nspname not like 'pg\\_%' \
        and n.nspname <> 'information_schema') then 'owns schemas' end, \
        case when exists (select from pg_catalog.pg_shdepend s where s.refclassid = 'pg_catalog.pg_authid'::regclass \
        and s.refobjid in (select oid from mine) and s.deptype = 'o' and s.classid = 'pg_catalog.pg_class'::regclass \
        and s.dbid = (select oid from here)) then 'owns tables' end, \
        case when exists (select from given where privilege_type = 'CREATE') then 'may make schemas (CREATE)' end, \
        case when exists (select from given where privilege_type = 'TEMPORARY') then 'may make temporary tables (TEMP)' end, \
        case when exists (select from pg_catalog.pg_namespace n, \
        pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) a \
        where n.nspname not like 'pg\\_%' and a.privilege_type = 'CREATE' and (a.grantee = 0 or a.grantee in (select oid from mine))) \
        then 'may make objects in a schema (CREATE)' end, \
        case when not exists (select from mine where rolname = 'audit_intake') or not exists (select from pg_catalog.pg_class c \
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = 'queue' and c.relname = 'audit_intake') \
        then 'cannot record reads until `polyclinic install` has run' end \
        ], null)::text[]
        """
}

extension Settings {
    /// Secrets that are no secrets. That they are too short or missing is found when the settings are read.
    public var weaknesses: [String] {
        var secrets: [(String, String?)] = [
            ("POLYCLINIC_GATEWAY_PASSWORD_FILE", gateway.password), ("POLYCLINIC_WORKER_PASSWORD_FILE", worker.password),
            ("POLYCLINIC_OWNER_PASSWORD_FILE", owner?.password), ("POLYCLINIC_REDIS_PASSWORD_FILE", servers.redisPassword),
        ]
        // A key file may hold several keys, each the last word of its line, and comments.
        for line in keys.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            secrets.append(("POLYCLINIC_KEY_FILE", line.split(whereSeparator: \.isWhitespace).last.map(String.init)))
        }
        var faults: [String] = []
        var seen: [String: String] = [:]
        for case (let name, let secret?) in secrets {
            if secret.isEmpty {
                faults.append("\(name) names an empty file.")
            } else if Settings.isGuessable(secret) {
                faults.append("\(name) names a file with a default or guessable secret.")
            } else if let other = seen.updateValue(name, forKey: secret) {
                faults.append("\(other) and \(name) name the same secret.")
            }
        }
        if environment == .production, servers.redisPassword == nil { faults.append("POLYCLINIC_REDIS_PASSWORD_FILE is missing.") }
        return faults
    }

    /// Words that stand in examples and defaults, and what has hardly any different characters.
    private static func isGuessable(_ secret: String) -> Bool {
        let folded = secret.lowercased()
        let words = [
            "changeme", "change-me", "change_me", "password", "secret", "default", "example", "polyclinic", "postgres", "123456789",
        ]
        return Set(folded.utf8).count < 6 || words.contains { folded.contains($0) }
    }
}
