import Assembly
import Postgres
import TestSupport
import Testing
import Values

@testable import Tenancy

@Suite("Doors", .serialized)
struct DoorTests {
    @Test("an unqualified name fails, inside a door and outside", .shows("TI-5"))
    func unqualified() async throws {
        let estate = try await Estate()
        let north = estate.clinic.north
        #expect(try await refusal { _ = try await estate.tenancy.read(north, "select id from patient") } == "42P01")
        #expect(try await refusal { _ = try await estate.tenancy.organizationRead(north.organization, "select id from staff") } == "42P01")
        #expect(try await refusal { _ = try await estate.tenancy.signInRead("select id from account") } == "42P01")
        await estate.close()
    }

    @Test("behind a location's door there is nothing of another location", .shows("TI-1"))
    func others() async throws {
        let estate = try await Estate()
        let (north, elsewhere) = (estate.clinic.north, estate.clinic.elsewhere)
        #expect(north.database == elsewhere.database)
        for (mine, other) in [(north, elsewhere), (elsewhere, north)] {
            let seen = try await estate.tenancy.read(
                mine,
                """
                select pg_catalog.has_schema_privilege(n.oid, 'usage'), pg_catalog.has_table_privilege(c.oid, 'select'),
                    pg_catalog.has_schema_privilege(\(mine.schema.name), 'create'),
                    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create, temporary')
                from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = \(other.schema.name) and c.relname = 'patient'
                """
            ).first?.decode((Bool, Bool, Bool, Bool).self)
            #expect(seen.map { [$0.0, $0.1, $0.2, $0.3] } == [false, false, false, false])
        }
        await estate.close()
    }

    @Test("the gateway's login may do nothing outside a door", .shows("TI-4"))
    func login() async throws {
        let estate = try await Estate()
        let north = estate.clinic.north
        try await estate.asGateway(north.database) { database in
            let chart = try await refusal {
                _ = try await database.flight(.login(schema: north.schema), ["select id from {location}.patient"])
            }
            #expect(chart == "42501")
            try await refuses(Forbidden.anywhere, database)
            try await refuses(Forbidden.queue, database)
        }
        try await estate.asGateway(estate.clinic.settings.servers.controlDatabase) { database in
            try await refuses(Forbidden.anywhere, database)
            try await refuses(Forbidden.control, database)
        }
        await estate.close()
    }

    @Test("in databases as deploy/up makes them nobody makes large objects, which no door would guard", .shows("TI-4"))
    func largeObjects() async throws {
        let estate = try await Estate()
        let servers = try TestServers.current()
        for name in [servers.controlDatabase] + servers.locationDatabases {
            try await estate.asGateway(name) { try await refuses(["select pg_catalog.lo_create(0)"], $0) }
        }
        await estate.close()
    }

    private func refuses(_ statements: [Statement], _ database: Database) async throws {
        for (index, statement) in statements.enumerated() {
            let refused = try await refusal { _ = try await database.flight(.login, [statement]) }
            #expect(refused == "42501", "statement \(index): \(refused ?? "allowed")")
        }
    }

    @Test("the logins own nothing, inherit nothing, and may become doors and locations only", .shows("TI-4"))
    func memberships() async throws {
        let estate = try await Estate()
        let settings = estate.clinic.settings
        let logins: [(login: String, also: Set<String>)] = [(settings.gateway.user, []), (settings.worker.user, ["queue_worker"])]
        for (login, also) in logins {
            let answers = try await estate.owner.control.flight(
                .login,
                [
                    """
                    select rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication from pg_catalog.pg_roles
                    where rolname = \(login)
                    """,
                    """
                    select r.rolname::text from pg_catalog.pg_roles r
                    where pg_catalog.pg_has_role(\(login), r.oid, 'member') and r.rolname <> \(login) and r.rolname not like 'loc\\_%'
                    """,
                    """
                    select count(*) from pg_catalog.pg_class c join pg_catalog.pg_roles r on r.oid = c.relowner where r.rolname = \(login)
                    """,
                ]
            )
            let rights = try #require(answers[0].first).decode((Bool, Bool, Bool, Bool, Bool, Bool).self)
            #expect([rights.0, rights.1, rights.2, rights.3, rights.4, rights.5].allSatisfy { !$0 }, "\(login)")
            let roles = Set(try answers[1].decode(String.self))
            #expect(roles == also.union(["audit_intake", "control_organization", "control_sign_in", "location_any"]), "\(login)")
            #expect(try answers[2].first?.value(0, as: Int.self) == 0)
        }
        await estate.close()
    }

    @Test(
        "the intake of the trails takes entries for locations that are served there, shows none, and gives each back to its own location",
        .shows("TI-4")
    )
    func intake() async throws {
        let estate = try await Estate()
        let (north, elsewhere) = (estate.clinic.north, estate.clinic.elsewhere)
        let id = estate.clinic.services.ambient.id(AuditEntryID.self).uuid
        let nobody = "loc_" + UUID(high: 1, low: 2).compact
        let add = { (owner: String) -> Statement in
            "insert into queue.audit_intake (id, location, entry) values (\(id), \(owner)::name, '{}') on conflict do nothing"
        }
        try await estate.asGateway(north.database) { database in
            let intake = Scope.role(Roles.intake, schema: nil)
            for refused: Statement in [
                "select id from queue.audit_intake", "delete from queue.audit_intake", "select id from queue.job",
                "update queue.audit_intake set entry = '{}'",
            ] {
                #expect(try await refusal { _ = try await database.flight(intake, [refused]) } == "42501")
            }
            #expect(try await refusal { _ = try await database.flight(intake, [add(nobody)]) } != nil)
            #expect(try await refusal { _ = try await database.flight(.role(north.role, schema: nil), [add(north.role.name)]) } == "42501")
            _ = try await database.flight(intake, [add(north.role.name)])
            let mine: Statement = "select id from queue.audit_intake where id = \(id)"
            #expect(try await database.flight(.role(elsewhere.role, schema: nil), [mine])[0].isEmpty)
            let gone = try await database.flight(.role(elsewhere.role, schema: nil), ["delete from queue.audit_intake where id = \(id)"])[0]
            #expect(gone.affected == 0)
            #expect(try await database.flight(.role(north.role, schema: nil), [mine])[0].count == 1)
        }
        _ = try await estate.database(of: north).flight(.login, ["delete from queue.audit_intake where id = \(id)"])
        await estate.close()
    }

    @Test("a door's role ends with its transaction", .shows("TI-5"))
    func roleEnds() async throws {
        let estate = try await Estate()
        let north = estate.clinic.north
        try await estate.asGateway(north.database) { database in
            for _ in 0..<20 {
                _ = try await database.flight(.role(north.role, schema: north.schema), ["select 1 from {location}.patient limit 1"])
                let role = try await database.flight(.login, ["select current_user::text, session_user::text"])[0].first
                let (current, session) = try #require(role).decode((String, String).self)
                #expect(current == session)
            }
        }
        await estate.close()
    }
}

/// What nobody may do without a door.
private enum Forbidden {
    static let anywhere: [Statement] = [
        "create schema mine", "create temporary table mine (id int)",
        "select pg_catalog.pg_read_file('/etc/passwd')", "copy (select 1) to program 'true'", "create role mine",
        "select rolpassword from pg_catalog.pg_authid", "alter system set work_mem = '1GB'",
    ]
    static let queue: [Statement] = [
        "select id from queue.job", "insert into queue.pause (id, paused_by, reason) values (pg_catalog.gen_random_uuid(), 'me', 'why')",
    ]
    static let control: [Statement] = [
        "select id from control.account", "select id from control.staff", "select id from control.location_directory",
        "select id from control.audit_entry", "update control.organization set name = name", "select id from queue.job",
    ]
}
