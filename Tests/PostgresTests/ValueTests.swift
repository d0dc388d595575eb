import Postgres
import TestSupport
import Testing
import Values

extension PostgresTests {
    @Suite struct ValueTests {
        private enum Colour: String, Bindable, Readable { case red, green }
        private enum Size: Int, Bindable, Readable { case small = 1 }

        @Test("every type comes back as it was sent, at its extremes and as NULL")
        func roundTrips() async throws {
            let database = try Clinic.database()
            try await same([true, false], database)
            try await same([Int.min, -1, 0, 1, .max], database)
            try await same([Int64.min, .max], database)
            try await same([Int32.min, 0, .max], database)
            try await same([Int16.min, 0, .max], database)
            try await same([UInt8.min, .max], database)
            try await same([-Double.greatestFiniteMagnitude, -0.0, 0.1, .infinity, .leastNonzeroMagnitude], database)
            try await same(["", "a", "Zoë 🦷\n\"'\\", String(repeating: "x", count: 100_000)], database)
            try await same([[UInt8](), [0, 1, 255], [UInt8](repeating: 0, count: 70_000)], database)
            try await same([Values.UUID(high: 0, low: 0), Values.UUID(high: .max, low: .max), Values.UUID(high: 1, low: 2)], database)
            try await same([PatientID(Values.UUID(high: 7, low: 8))], database)
            // 4713 BC and the last moment an Instant can hold; days up to 5874897 AD.
            try await same(
                [Instant(microseconds: -210_866_803_200_000_000), Instant(microseconds: 0), Instant(microseconds: .max)],
                database
            )
            try await same([Day(daysSinceEpoch: -2_440_588), Day(daysSinceEpoch: 0), Day(daysSinceEpoch: 2_145_031_948)], database)
            try await same([try require(TimeOfDay(minutes: 0)), try require(TimeOfDay(minutes: 1439))], database)
            try await same([JSONText(#"{"a": [1, null, "ü"]}"#), JSONText("null")], database)
            try await same([try require(InstantRange(Instant(microseconds: -5), Instant(microseconds: 6)))], database)
            try await same([try require(Int4Range(0, nil)), try require(Int4Range(-3, 4))], database)
            try await same([Colour.red, .green], database)
            try await same([Size.small], database)
            await database.close()
        }

        private func same<Value: Bindable & Readable & Equatable>(_ values: [Value], _ database: Database) async throws {
            for value in values {
                let sent: Statement = "select \(value), \(Value?.none), \([value, value]), \([Value]()), \([value, nil])"
                let row = try require(try await database.flight(.login, sent).first)
                #expect(try row.value(0, as: Value.self) == value)
                #expect(try row.value(1, as: Value?.self) == nil)
                #expect(try row.value(2, as: [Value].self) == [value, value])
                #expect(try row.value(3, as: [Value].self) == [])
                if Value.self != UInt8.self { #expect(try row.value(4, as: [Value?].self) == [value, nil]) }
            }
        }

        @Test("what a sum makes is read as a number, a fraction is not")
        func sumIsRead() async throws {
            let database = try Clinic.database()
            let sums = try await database.flight(
                .login,
                """
                select sum(n) from (values (9000000000000000000::bigint), (200000000000000000)) v(n)
                union all select 0 union all select -10000 union all select 100000000.0 union all select 123456789
                """
            )
            #expect(try sums.decode(Int.self) == [9_200_000_000_000_000_000, 0, -10_000, 100_000_000, 123_456_789])
            for other: Statement in ["select 0.5", "select 'NaN'::numeric", "select 1e30", "select -99999999999999999999.0"] {
                let row = try require(try await database.flight(.login, other).first)
                #expect(throws: DecodingFailure.self) { try row.decode(Int.self) }
            }
            await database.close()
        }

        @Test("a NUL in text is refused and does not cut the text short")
        func nulIsRefused() async throws {
            let database = try Clinic.database()
            let error = try await failure { _ = try await database.flight(.login, "select \("a\0b")") }
            #expect(error.sqlState == .characterNotInRepertoire)
            await database.close()
        }

        @Test("infinity, empty and unbounded ranges, times with seconds and unknown enum values cannot be read")
        func unreadableValues() async throws {
            let database = try Clinic.database()
            let row = try require(
                try await database.flight(
                    .login,
                    """
                    select 'infinity'::timestamptz, '-infinity'::date, '24:00'::time, '10:00:01'::time, 'empty'::tstzrange, '[2020-01-01,)'::tstzrange,
                      '(,3)'::int4range, 'blue'::text, '{{1,2},{3,4}}'::bigint[]
                    """
                ).first
            )
            #expect(throws: DecodingFailure.self) { try row.value(0, as: Instant.self) }
            #expect(throws: DecodingFailure.self) { try row.value(1, as: Day.self) }
            #expect(throws: DecodingFailure.self) { try row.value(2, as: TimeOfDay.self) }
            #expect(throws: DecodingFailure.self) { try row.value(3, as: TimeOfDay.self) }
            #expect(throws: DecodingFailure.self) { try row.value(4, as: InstantRange.self) }
            #expect(throws: DecodingFailure.self) { try row.value(5, as: InstantRange.self) }
            #expect(throws: DecodingFailure.self) { try row.value(6, as: Int4Range.self) }
            #expect(throws: DecodingFailure.self) { try row.value(7, as: Colour.self) }
            #expect(throws: DecodingFailure.self) { try row.value(8, as: [Int].self) }
            await database.close()
        }

        @Test("moments and days outside PostgreSQL's calendar are refused, not turned into infinity", .shows("IO-3"))
        func outsideTheCalendar() async throws {
            let database = try Clinic.database()
            for moment in [Instant(microseconds: .min), Instant(microseconds: .min + 946_684_800_000_000)] {
                let error = try await failure { _ = try await database.flight(.login, "select \(moment)") }
                #expect(error.sqlState == SQLState("22008"))
            }
            let error = try await failure { _ = try await database.flight(.login, "select \(Day(daysSinceEpoch: .min))") }
            #expect(error.sqlState == SQLState("22008"))
            await database.close()
        }

        @Test("a failure to read names column, types and line, and never the value", .shows("IO-13"))
        func decodingFailureIsRedacted() async throws {
            let database = try Clinic.database()
            let row = try require(try await database.flight(.login, "select 'Quillfeather' as family, null::int as age").first)
            let wrong = #expect(throws: DecodingFailure.self) { try row.decode((Int, Int).self) }
            #expect(wrong?.column == "family")
            #expect(wrong?.description.contains("Quillfeather") == false)
            #expect(wrong?.description.contains("ValueTests.swift:") == true)
            let null = #expect(throws: DecodingFailure.self) { try row.value("age", as: Int.self) }
            #expect(null?.isNull == true)
            #expect(throws: DecodingFailure.self) { try row.decode(String.self) }
            #expect(throws: DecodingFailure.self) { try row.value("name", as: String.self) }
            #expect(throws: DecodingFailure.self) { try row.value(2, as: String.self) }
            #expect(throws: DecodingFailure.self) { try row.value(0, as: [String].self) }
            await database.close()
        }
    }
}
