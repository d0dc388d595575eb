import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

/// Real logins with rights that no gateway or worker may have.
@Suite("What refuses to start", .serialized)
struct StartTests {
    private func faults(_ clinic: TestClinic, _ settings: Settings, _ program: Services.Program = .gateway) async throws -> [String] {
        let services = try Services(settings, as: program, logger: clinic.services.logger)
        do {
            try await services.startCheck.run()
            await services.close()
            return []
        } catch let fault as SettingsFault {
            await services.close()
            return fault.faults
        }
    }

    private func databases(_ clinic: TestClinic) -> [String] {
        [clinic.settings.servers.controlDatabase] + clinic.settings.servers.locationDatabases
    }

    /// Makes a login as the superuser and takes it away again.
    private func withLogin(_ clinic: TestClinic, _ make: (String) -> String, _ body: (Settings.Login) async throws -> Void) async throws {
        let (name, password) = ("unsafe_" + hex(Ambient.system.bytes(5)), hex(Ambient.system.bytes(16)))
        let superuser = try TestServers.current().superuser
        let reactor = Reactor(name: "start-tests")
        let settings = DatabaseSettings(
            host: clinic.settings.servers.databaseHost,
            port: clinic.settings.servers.databasePort,
            database: clinic.settings.servers.controlDatabase,
            user: superuser.user,
            password: superuser.password,
            tls: clinic.settings.servers.databaseCA.map { .verifyFull(caFile: $0) } ?? .off
        )
        let database = Database(settings, reactor: reactor, logger: clinic.services.logger)
        let connect = databases(clinic).map { "grant connect on database \($0) to \(name);" }.joined(separator: " ")
        try await database.script(SQLFile(text: "create role \(name) login noinherit password '\(password)'; \(connect)"))
        do {
            try await database.script(SQLFile(text: make(name)))
            try await body(Settings.Login(user: name, password: password))
        } catch {
            Issue.record(error)
        }
        let revoke = databases(clinic).map { "revoke all on database \($0) from \(name);" }.joined(separator: " ")
        try await database.script(SQLFile(text: "drop owned by \(name) cascade; \(revoke) drop role \(name);"))
        await database.close()
        await reactor.shutdown()
    }

    @Test("the logins that are installed may start")
    func sound() async throws {
        let clinic = try await TestClinic.open()
        for program in [Services.Program.gateway, .worker] { #expect(try await faults(clinic, clinic.settings, program) == []) }
        await clinic.close()
    }

    @Test("a privileged login does not start, gateway or worker, and each right is named", .shows("JF-12"))
    func privileged() async throws {
        let clinic = try await TestClinic.open()
        let control = clinic.settings.servers.controlDatabase
        let owner = try TestServers.current().owner.user
        let kinds: [(String, (String) -> String)] = [
            ("is a superuser", { "alter role \($0) superuser" }),
            ("bypasses row-level security (BYPASSRLS)", { "alter role \($0) bypassrls" }),
            ("may make roles (CREATEROLE)", { "alter role \($0) createrole" }),
            ("may make databases (CREATEDB)", { "alter role \($0) createdb" }),
            ("may replicate (REPLICATION)", { "alter role \($0) replication" }),
            ("owns schemas", { "grant \(owner) to \($0)" }),
            ("owns schemas", { "create schema of_\($0) authorization \($0)" }),
            ("owns tables", { "create table ext.of_\($0) (n int); alter table ext.of_\($0) owner to \($0)" }),
            ("may make schemas (CREATE)", { "grant create on database \(control) to \($0)" }),
            ("may make temporary tables (TEMP)", { "grant temporary on database \(control) to \($0)" }),
            ("may make objects in a schema (CREATE)", { "grant create on schema control to \($0)" }),
            ("cannot record reads until `polyclinic install` has run", { "comment on role \($0) is 'is in no role'" }),
        ]
        for (number, (words, make)) in kinds.enumerated() {
            try await withLogin(clinic, make) { login in
                var settings = clinic.settings
                let program = number % 2 == 0 ? Services.Program.gateway : .worker
                if program == .gateway { settings.gateway = login } else { settings.worker = login }
                let found = try await faults(clinic, settings, program)
                #expect(found.contains("The login \(login.user) \(words) in the database \(control)."), "\(found)")
            }
        }
        await clinic.close()
    }

    @Test("all reasons are told at once: rights in every database, and secrets that are none", .shows("JF-12"))
    func together() async throws {
        let clinic = try await TestClinic.open()
        try await withLogin(clinic, { "alter role \($0) bypassrls createrole" }) { login in
            var settings = clinic.settings
            settings.gateway = login
            settings.worker = Settings.Login(user: "polyclinic_worker", password: "changeme-changeme")
            settings.servers.redisPassword = ""
            let found = try await faults(clinic, settings)
            for database in databases(clinic) {
                for words in ["bypasses row-level security (BYPASSRLS)", "may make roles (CREATEROLE)"] {
                    #expect(found.contains("The login \(login.user) \(words) in the database \(database)."), "\(found)")
                }
            }
            #expect(found.contains { $0.hasPrefix("POLYCLINIC_WORKER_PASSWORD_FILE") })
            #expect(found.contains { $0.hasPrefix("POLYCLINIC_REDIS_PASSWORD_FILE") })
            #expect(!found.joined().contains("changeme"), "a secret is never said")
        }
        await clinic.close()
    }

    @Test("default, repeated and monotonous secrets are no secrets", .shows("AU-1"))
    func secrets() async throws {
        let clinic = try await TestClinic.open()
        let told = { (change: (inout Settings) -> Void) in
            var settings = clinic.settings
            change(&settings)
            return settings.weaknesses
        }
        #expect(told { _ in }.isEmpty)
        for weak in ["", "aaaaaaaaaaaaaaaaaaaa", "my-password-is-long", "PolyClinic-2026-x7", "0000000000000001"] {
            #expect(told { $0.gateway = Settings.Login(user: "g", password: weak) }.count == 1, "\(weak)")
        }
        #expect(told { $0.gateway = Settings.Login(user: "g", password: $0.worker.password) }.count == 1, "one secret for two")
        await clinic.close()
    }
}
