import Glibc
import Logging
import Postgres
import Synchronization

/// The test server, and two schemas with a role each that a test made for itself and drops at its end.
struct Clinic: Sendable {
    let owner: Database
    let first: Scope
    let second: Scope
    let firstSchema: SchemaName
    let secondSchema: SchemaName
    private let suffix: String

    static let reactor = Reactor(name: "pg-test")
    private static let names = Atomic(UInt64.random(in: 0...0xFFFF_FFFF))

    /// What deploy/test says about its server.
    static func settings(_ change: (inout DatabaseSettings) -> Void = { _ in }) throws -> DatabaseSettings {
        let passwordFile = try variable("POLYCLINIC_OWNER_PASSWORD_FILE")
        var settings = DatabaseSettings(
            host: try variable("POLYCLINIC_DATABASE_HOST"),
            port: Int(try variable("POLYCLINIC_DATABASE_PORT")) ?? 0,
            database: "polyclinic_a",
            user: try variable("POLYCLINIC_OWNER_USER"),
            password: try contents(of: passwordFile),
            tls: .verifyFull(caFile: try variable("POLYCLINIC_DATABASE_CA")),
            applicationName: "polyclinic-test"
        )
        settings.leasedConnections = 3
        // Off when the suite runs through a pooler.
        settings.prepared = getenv("POLYCLINIC_PREPARED_STATEMENTS").map { String(cString: $0) } != "off"
        change(&settings)
        return settings
    }

    static func database(on reactor: Reactor = reactor, _ change: (inout DatabaseSettings) -> Void = { _ in }) throws -> Database {
        var logger = Logger(label: "postgres-test")
        logger.logLevel = .error
        return Database(try settings(change), reactor: reactor, logger: logger)
    }

    /// Two locations, each with the tables `item` and `note`, and a role that may use its own schema only.
    static func with<Value>(_ body: (Clinic) async throws -> Value) async throws -> Value {
        let owner = try database()
        let suffix = String(names.add(1, ordering: .relaxed).newValue % 0xFFFF_FFFF, radix: 16)
        let clinic = try Clinic(owner: owner, suffix: suffix)
        do {
            try await clinic.build()
            let value = try await body(clinic)
            try await clinic.drop()
            await owner.close()
            return value
        } catch {
            try? await clinic.drop()
            await owner.close()
            throw error
        }
    }

    private init(owner: Database, suffix: String) throws {
        self.owner = owner
        self.suffix = suffix
        firstSchema = try require(SchemaName("pgtest_\(suffix)_a"))
        secondSchema = try require(SchemaName("pgtest_\(suffix)_b"))
        first = .role(try require(RoleName("pgtest_\(suffix)_a")), schema: firstSchema)
        second = .role(try require(RoleName("pgtest_\(suffix)_b")), schema: secondSchema)
    }

    /// The role and the schema of a location have the same name.
    private func build() async throws {
        for schema in [firstSchema, secondSchema] {
            try await owner.script(
                SQLFile(
                    text: """
                        create role \(schema) nologin;
                        grant \(schema) to current_user;
                        create schema {location};
                        grant usage on schema {location} to \(schema);
                        create table {location}.item (id bigint primary key, name text not null, amount int check (amount >= 0));
                        create table {location}.note (id bigint primary key, item bigint references {location}.item);
                        grant select, insert, update, delete on {location}.item, {location}.note to \(schema);
                        insert into {location}.item values (1, '\(schema)', 1);
                        """,
                    schema: schema
                )
            )
        }
    }

    private func drop() async throws {
        for schema in [firstSchema, secondSchema] {
            try await owner.script(SQLFile(text: "drop schema if exists {location} cascade; drop role if exists \(schema)", schema: schema))
        }
    }
}

struct MissingVariable: Error { let name: String }
struct NothingThere: Error {}

func variable(_ name: String) throws -> String {
    guard let value = getenv(name) else { throw MissingVariable(name: name) }
    return String(cString: value)
}

func contents(of path: String) throws -> String {
    guard let file = fopen(path, "r") else { throw MissingVariable(name: path) }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
}

func require<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw NothingThere() }
    return value
}

/// The error `body` throws.
func failure(_ body: () async throws -> Void) async throws -> PostgresError {
    do {
        try await body()
    } catch let error as PostgresError {
        return error
    }
    throw NothingThere()
}

/// A number that tasks share.
final class Tally: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .relaxed) }

    func add() { number.add(1, ordering: .relaxed) }
}
