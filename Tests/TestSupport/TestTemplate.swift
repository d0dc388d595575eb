import Access
import Assembly
import FoundationEssentials
import Logging
import Postgres
import Tenancy
public import Values

/// Somebody who can sign in to a test clinic.
public struct TestPerson: Sendable {
    public let email: String
    public let password: String
    let secret: [UInt8]

    /// A code of the authenticator at a moment.
    public func code(at now: Instant) -> String { TOTP.code(secret: secret, at: now) }
}

/// Databases with two organizations, made once for a run of the tests and cloned for each suite.
struct TestTemplate: Sendable {
    let tag: String
    let settings: Settings
    let organization: OrganizationID
    let north: LocationID
    let south: LocationID
    let rival: OrganizationID
    let elsewhere: LocationID
    let people: [String: TestPerson]

    private static let made = Task { try await make() }

    static func shared() async throws -> TestTemplate { try await made.value }

    private static func make() async throws -> TestTemplate {
        var settings = try await Settings.read()
        _ = try TestServers.current()  // refuses servers that are not for tests
        let tag = "pt" + hex(Ambient.system.bytes(3))
        settings.servers.controlDatabase = tag + "_control"
        settings.servers.locationDatabases = [tag + "_a", tag + "_b"]
        try await withMaintenance(settings) { database in
            for name in [settings.servers.controlDatabase] + settings.servers.locationDatabases {
                try await database.script(
                    SQLFile(text: "create database \(name) template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'")
                )
            }
        }
        for name in [settings.servers.controlDatabase] + settings.servers.locationDatabases {
            try await withOwner(settings, name) { database in
                try await database.script(
                    SQLFile(
                        text: """
                            create schema ext; create extension btree_gist schema ext; create extension pg_trgm schema ext;
                            revoke create, temp on database \(name) from public;
                            """
                    )
                )
            }
        }
        return try await fill(settings, tag)
    }

    private static func fill(_ settings: Settings, _ tag: String) async throws -> TestTemplate {
        let owner = try OwnerConnections(settings, logger: quiet)
        try await owner.installer(settings).run { _ in }
        let provisioner = owner.provisioner(settings)
        let organization = try await provisioner.createOrganization(name: "Harbor Clinics", kind: .medical)
        let rival = try await provisioner.createOrganization(name: "Elsewhere Health", kind: .medical)
        guard let newYork = ZoneName("America/New_York") else { throw TestServersMissing(complaints: ["no zone database"]) }
        func location(_ name: String, _ database: Int, of organization: OrganizationID) async throws -> LocationID {
            let new = Provisioner.NewLocation(
                name: name,
                kind: .medical,
                timeZone: newYork,
                currency: .usd,
                database: settings.servers.locationDatabases[database]
            )
            return try await provisioner.createLocation(new, in: organization).id
        }
        let north = try await location("Harbor North", 0, of: organization)
        let south = try await location("Harbor South", 1, of: organization)
        let elsewhere = try await location("Elsewhere", 0, of: rival)
        let services = try Services(settings, as: .admin, logger: quiet)
        var people: [String: TestPerson] = [:]
        for role in BuiltInRole.allCases where role != .platformOperator {
            people[role.rawValue] = try await hire(role, organization, services)
        }
        people["north_desk"] = try await hire(.frontDesk, organization, services, name: "north_desk", at: north)
        people["rival"] = try await hire(.owner, rival, services, name: "rival")
        people["rival_desk"] = try await hire(.frontDesk, rival, services, name: "rival_desk", at: elsewhere)
        await services.close()
        await owner.close()
        return TestTemplate(
            tag: tag,
            settings: settings,
            organization: organization,
            north: north,
            south: south,
            rival: rival,
            elsewhere: elsewhere,
            people: people
        )
    }

    /// Invites somebody and accepts, as people do.
    private static func hire(
        _ role: BuiltInRole,
        _ organization: OrganizationID,
        _ services: Services,
        name: String? = nil,
        at location: LocationID? = nil
    ) async throws -> TestPerson {
        let name = name ?? role.rawValue
        let email = name.replacing("_", with: ".") + "@clinic.example"
        let password = "correct horse \(name) staple"
        let caller = Caller.commandLine(user: "tests", requestID: services.ambient.id(EventID.self).uuid)
        let now = services.ambient.now()
        let invitation = try await services.tenancy.organization(organization) { tx in
            try await Staffing(tx, organization: organization, by: caller, now: now, ambient: services.ambient)
                .invite(email: email, name: name, grants: [NewGrant(.builtIn(role), at: location)])
        }
        let origin = Access.Origin(requestID: caller.requestID, source: nil, userAgent: nil)
        let opened = try await services.access.openInvitation(token: invitation.token, from: origin)
        guard let enrolment = opened.enrolment, let secret = Base32.decode(enrolment.secret) else {
            throw Problem(.failed, "no_enrolment", "\(email) has an account already.")
        }
        // The code of the step before: the current one is left for the first sign-in. A step may end between here and there, hence twice.
        for attempt in 1... {
            let code = TOTP.code(secret: secret, at: services.ambient.now().adding(seconds: -30))
            do {
                _ = try await services.access.acceptInvitation(token: invitation.token, password: password, code: code, from: origin)
                break
            } catch let problem as Problem where attempt == 1 && problem.errors.first?.code == "wrong_code" {}
        }
        return TestPerson(email: email, password: password, secret: secret)
    }

    /// The three databases copied under new names, and settings that name the copies.
    func clone() async throws -> Settings {
        let mark = hex(Ambient.system.bytes(3))
        var copy = settings
        copy.servers.controlDatabase = "\(tag)_\(mark)_control"
        copy.servers.locationDatabases = ["\(tag)_\(mark)_a", "\(tag)_\(mark)_b"]
        try await TestTemplate.withMaintenance(settings) { database in
            for (old, new) in zip(
                [settings.servers.controlDatabase] + settings.servers.locationDatabases,
                [copy.servers.controlDatabase] + copy.servers.locationDatabases
            ) {
                try await TestTemplate.copying(old) { try await database.script(SQLFile(text: "create database \(new) template \(old)")) }
            }
        }
        try await TestTemplate.withOwner(copy, copy.servers.controlDatabase) { database in
            for (old, new) in zip(settings.servers.locationDatabases, copy.servers.locationDatabases) {
                _ = try await database.transaction(.login) { tx in
                    try await tx.query("update control.location_directory set database = \(new) where database = \(old)")
                }
            }
        }
        for name in [copy.servers.controlDatabase] + copy.servers.locationDatabases {
            try await TestTemplate.withOwner(copy, name) { database in
                try await database.script(
                    SQLFile(
                        text:
                            "grant connect on database \(name) to \(settings.gateway.user), \(settings.worker.user); revoke create, temp on database \(name) from public"
                    )
                )
            }
        }
        return copy
    }

    /// A template may have no other session; two suites that clone at once take turns.
    private static func copying(_ name: String, _ body: () async throws -> Void) async throws {
        for attempt in 1...100 {
            do { return try await body() } catch let error as PostgresError where error.sqlState?.code == "55006" && attempt < 100 {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    static func withMaintenance(_ settings: Settings, _ body: (Database) async throws -> Void) async throws {
        // The owner may connect to its own databases only; this one is never a template.
        try await withOwner(settings, try TestServers.current().controlDatabase, body)
    }

    static func withOwner(_ settings: Settings, _ name: String, _ body: (Database) async throws -> Void) async throws {
        let owner = try TestServers.current().owner
        let database = DatabaseSettings(
            host: settings.servers.ownerHost,
            port: settings.servers.ownerPort,
            database: name,
            user: owner.user,
            password: owner.password,
            tls: settings.servers.databaseCA.map { .verifyFull(caFile: $0) } ?? .off
        )
        let reactor = Reactor(name: "test-owner")
        let connection = Database(database, reactor: reactor, logger: quiet)
        do {
            try await body(connection)
        } catch {
            await connection.close()
            await reactor.shutdown()
            throw error
        }
        await connection.close()
        await reactor.shutdown()
    }

    static var quiet: Logger {
        var logger = Logger(label: "tests")
        logger.logLevel = .critical
        return logger
    }
}
