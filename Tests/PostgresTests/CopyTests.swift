import Postgres
import Testing

extension PostgresTests {
    @Suite struct CopyTests {
        private struct Refusal: Error {}

        @Test("rows go in and come out by COPY, under the role of the scope")
        func copies() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leasedConnections = 1 }
                let lines = AsyncStream { stream in
                    for id in 2...50_001 { stream.yield(Array("\(id)\tname \(id)\t\(id % 7)\n".utf8)) }
                    stream.finish()
                }
                #expect(try await database.copyIn("copy {location}.item from stdin", in: clinic.first, rows: lines) == 50_000)
                var bytes: [UInt8] = []
                var count = 0
                try await database.copyOut("copy (select id from {location}.item order by id) to stdout", in: clinic.first) { row in
                    bytes += row
                    count += 1
                }
                #expect(count == 50_001)
                #expect(String(decoding: bytes.suffix(6), as: UTF8.self) == "50001\n")
                #expect(try await database.transaction(clinic.first) { try await $0.query("select 1") }.count == 1)
                #expect(database.statistics.opened == 2)
                await database.close()
            }
        }

        @Test("what fails in a COPY keeps nothing, and the lane goes on")
        func copyFails() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leasedConnections = 1 }
                func lines(_ lines: [String]) -> AsyncStream<[UInt8]> {
                    AsyncStream { stream in
                        for line in lines { stream.yield(Array(line.utf8)) }
                        stream.finish()
                    }
                }
                let twice = try await failure {
                    try await database.copyIn("copy {location}.item from stdin", in: clinic.first, rows: lines(["7\tx\t1\n", "1\tx\t1\n"]))
                }
                #expect(twice.constraint == "item_pkey")
                let broken = try await failure {
                    try await database.copyIn("copy {location}.item from stdin", in: clinic.first, rows: lines(["7\n"]))
                }
                #expect(broken.sqlState == SQLState("22P04"))
                let foreign = try await failure {
                    try await database.copyIn("copy pg_authid from stdin", in: clinic.first, rows: lines([]))
                }
                #expect(foreign.sqlState == .insufficientPrivilege)
                let throwing = AsyncThrowingStream<[UInt8], any Error> { stream in
                    stream.yield(Array("8\tx\t1\n".utf8))
                    stream.finish(throwing: Refusal())
                }
                await #expect(throws: Refusal.self) {
                    try await database.copyIn("copy {location}.item from stdin", in: clinic.first, rows: throwing)
                }
                await #expect(throws: Refusal.self) {
                    try await database.copyOut("copy (select * from generate_series(1, 1000000)) to stdout", in: clinic.first) { _ in
                        throw Refusal()
                    }
                }
                let late = try await failure {
                    try await database.copyOut("copy (select 1 / (3 - n) from generate_series(1, 3) n) to stdout") { _ in }
                }
                #expect(late.sqlState == SQLState("22012"))
                #expect(try await failure { try await database.copyOut("copy (select \(1)) to stdout") { _ in } }.kind == .misuse)
                #expect(try await clinic.ids(clinic.first) == [1])
                try await database.transaction(clinic.first) { try await $0.query("select 1") }
                await database.close()
            }
        }

        @Test("a COPY inside the pipeline costs its connection and hangs nobody")
        func copyInPipeline() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leaseDeadline = .seconds(2) }
                let error = try await failure { _ = try await database.flight(clinic.first, "copy {location}.item to stdout") }
                #expect(error.kind == .unknownOutcome)
                #expect(try await database.flight(clinic.first, "select 1").count == 1)
                await database.close()
            }
        }

        @Test("a script is one transaction, says what failed, and leaves no transaction open behind it")
        func scripts() async throws {
            try await Clinic.with { clinic in
                let database = try Clinic.database { $0.leasedConnections = 1 }
                let schema = clinic.firstSchema
                func run(_ text: String) async throws { try await database.script(SQLFile(text: text, schema: schema)) }
                try await run("insert into {location}.item values (2, 'a;b'); insert into {location}.item values (3, 'c')")
                let error = try await failure {
                    try await run("insert into {location}.item values (4, 'x'); insert into {location}.item values (4, 'x')")
                }
                #expect(error.constraint == "item_pkey")
                try await run("begin; insert into {location}.item values (5, 'x')")
                try await run("")
                #expect(try await clinic.ids(clinic.first) == [1, 2, 3])
                let names = try await database.session(clinic.first) { try await $0.query("select current_user::text") }.decode(String.self)
                #expect(names == [schema.name])
                #expect(throws: PostgresError.self) { try SQLFile(text: "select 1 from {location}.item", schema: nil) }
                #expect(throws: PostgresError.self) { try SQLFile(text: "select '\0'", schema: nil) }
                await database.close()
            }
        }
    }
}
