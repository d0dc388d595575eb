import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

extension OnDatabase {
    @Suite("refusals")
    struct RefusalTests {
        @Test("a refused caller makes ten entries a minute, then only the count grows", .shows("AP-2"))
        func refusals() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.assistant), at: practice.north.id)])
            let caller = try await practice.caller(access, person.token)
            // All in one minute of the clock.
            practice.clock.advance(seconds: 60 - practice.clock.now.microseconds / 1_000_000 % 60)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<15 {
                    group.addTask {
                        await access.refused(caller, .ledgerAdjust, in: practice.organization, route: "POST /v1/…/adjustments")
                    }
                }
            }
            #expect(try await practice.acts(of: person.staff).filter { $0 == "access.refused" }.count == 10)
            let count = try await practice.tenancy.organizationRead(
                practice.organization,
                "select sum(refusals)::int8 from control.refusal_count where actor_id = \(person.staff)"
            )
            #expect(try count.first?.value(0, as: Int.self) == 15)
        }

        @Test("a stranger's refusal is written to the stranger's own trail")
        func strangers() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let person = try await practice.join(access, [NewGrant(.builtIn(.assistant), at: practice.north.id)])
            let caller = try await practice.caller(access, person.token)
            await access.refused(caller, .patientsRead, in: practice.stranger, route: "GET /v1/organizations/{organization}/…")
            #expect(try await practice.acts(of: person.staff, in: practice.stranger).isEmpty)
            #expect(try await practice.acts(of: person.staff).contains("access.refused"))
        }
    }
}
