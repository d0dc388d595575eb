import Postgres
public import Values

/// Prepares the databases: logins, door roles, and the schemas that are not a location's. Safe to repeat at any time.
public struct Installer: Sendable {
    /// A login of gateway or worker. The password is letters and digits (deploy/up makes it so).
    public struct Login: Sendable {
        let name: RoleName
        let password: String

        public init(name: String, password: String) throws(Problem) {
            guard let name = RoleName(name), password.utf8.count >= 16, password.utf8.allSatisfy(Login.isPlain) else {
                throw Problem(
                    .failed,
                    "login_unusable",
                    "A login needs a lower-case name and a password of at least 16 letters and digits."
                )
            }
            self.name = name
            self.password = password
        }

        private static func isPlain(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
    }

    private let owner: Owner
    private let gateway: Login
    private let worker: Login

    public init(owner: Owner, gateway: Login, worker: Login) {
        self.owner = owner
        self.gateway = gateway
        self.worker = worker
    }

    /// Does it all; `step` hears what was done, in words for an operator.
    public func run(_ step: @Sendable (String) -> Void) async throws {
        try await roles()
        step("roles ready")
        try await owner.migrate(.control, in: owner.control)
        try await owner.migrate(.queue, in: owner.control)
        try await connectRights(owner.control)
        step("control database at version \(owner.files.latest(.control))")
        for (name, database) in owner.databases.sorted(by: { $0.key < $1.key }) {
            try await owner.migrate(.queue, in: database)
            try await owner.migrate(.reference, in: database)
            try await database.script(
                SQLFile(text: "grant usage on schema ext, queue, reference to location_any; grant usage on schema ext to queue_worker;")
            )
            try await connectRights(database)
            step("database \(name) ready")
        }
    }

    private func roles() async throws {
        for role in Roles.doors {
            try await settle(Installer.create(role, "nologin"))
        }
        for login in [gateway, worker] {
            // NOINHERIT: without SET ROLE the login may read nothing. search_path is empty: an unqualified name fails. SUPERUSER and BYPASSRLS
            // are not named: a new role has neither, and only a superuser may so much as mention them.
            try await settle(
                Installer.create(login.name, "login noinherit") + """
                    alter role \(login.name) login noinherit nocreatedb nocreaterole password '\(login.password)';
                    alter role \(login.name) set search_path = '';
                    alter role \(login.name) set statement_timeout = '15s';
                    alter role \(login.name) set lock_timeout = '5s';
                    alter role \(login.name) set idle_in_transaction_session_timeout = '30s';
                    alter role \(login.name) set timezone = 'UTC';
                    grant control_organization, control_sign_in, audit_intake to \(login.name);
                    """
            )
        }
        try await settle("grant queue_worker to \(worker.name);")
    }

    /// Roles belong to the whole server. Two installations at once collide on a role's row, which the server reports as XX000 (“tuple
    /// concurrently updated”); the loser tries again.
    private func settle(_ text: String) async throws {
        for attempt in 1...20 {
            do {
                return try await owner.control.script(SQLFile(text: text))
            } catch let error as PostgresError where error.sqlState == SQLState("XX000") && attempt < 20 {
                try await Task.sleep(for: .milliseconds(10 * attempt))
            }
        }
    }

    private func connectRights(_ database: Database) async throws {
        let name = try await database.flight(.login, ["select current_database()::text"])[0].first?.value(0, as: String.self) ?? ""
        guard let name = SchemaName(name) else {
            throw Problem(.failed, "database_name", "A database's name must be lower-case letters, digits and underscores.")
        }
        try await database.script(SQLFile(text: "grant connect on database \(name) to \(gateway.name), \(worker.name);"))
    }

    private static func create(_ role: RoleName, _ options: String) -> String {
        "do $make$ begin create role \(role) \(options); exception when duplicate_object or unique_violation then null; end $make$;\n"
    }
}
