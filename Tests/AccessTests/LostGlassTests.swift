import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

extension OnDatabase {
    /// Emergency access ends with the right to it. South is another location than those where anybody here has a right.
    @Suite("glass whose right is gone")
    struct LostGlassTests {
        private func open(_ practice: Practice, _ caller: Caller, _ patient: PatientID) async throws {
            let now = practice.clock.now
            _ = try await practice.tenancy.organization(practice.organization) { tx in
                let emergencies = Emergencies(tx, organization: practice.organization, by: caller, now: now, ambient: practice.ambient)
                return try await emergencies.open(practice.ambient.id(), patient, at: practice.south.id, practice.reason, seconds: 3000)
            }
        }

        /// By what a gateway sees that knew nothing before.
        private func isOpen(_ practice: Practice, _ person: Person, _ patient: PatientID) async throws -> Bool {
            let access = practice.access()
            let caller = try await practice.caller(access, person.token)
            return try await access.glass(caller, patient, at: practice.south, now: practice.clock.now) != nil
        }

        @Test("a role that loses the right and gets it back opens nothing that was open before", .shows("AZ-11"))
        func role() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let patient = practice.ambient.id(PatientID.self)
            let role = try await practice.staffing(by: practice.commandLine()) {
                try await $0.createRole(name: "On call", permissions: [.patientsBreakGlass, .locationsRead])
            }
            let person = try await practice.join(access, [NewGrant(.role(role.id), at: practice.north.id)])
            let other = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            for each in [person, other] { try await open(practice, try await practice.caller(access, each.token), patient) }
            #expect(try await isOpen(practice, person, patient))
            let changes: [Set<Permission>] = [[.locationsRead], [.locationsRead, .patientsBreakGlass]]
            for permissions in changes {
                _ = try await practice.staffing(by: practice.commandLine()) {
                    try await $0.changeRole(role.id, name: nil, permissions: permissions, reason: practice.reason)
                }
                #expect(try await !isOpen(practice, person, patient), "\(permissions.count)")
            }
            #expect(try await isOpen(practice, other, patient), "has the right in another way")
        }

        @Test("a right that ran out and is granted anew opens nothing that was open before", .shows("AZ-11"))
        func ranOut() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let patient = practice.ambient.id(PatientID.self)
            let person = try await practice.join(
                access,
                [
                    NewGrant(.permission(.locationsRead), at: practice.north.id),
                    NewGrant(.permission(.patientsBreakGlass), at: practice.north.id, until: practice.clock.now.adding(seconds: 400)),
                ]
            )
            try await open(practice, try await practice.caller(access, person.token), patient)
            #expect(try await isOpen(practice, person, patient))
            practice.clock.advance(seconds: 400)
            #expect(try await !isOpen(practice, person, patient))
            _ = try await practice.staffing(by: practice.commandLine()) {
                try await $0.grant(
                    NewGrant(.permission(.patientsBreakGlass), at: practice.north.id),
                    to: person.staff,
                    reason: practice.reason
                )
            }
            #expect(try await !isOpen(practice, person, patient))
        }

        @Test("one that was opened in the second in which a gateway did not know of the suspension ends with the resumption")
        func late() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let patient = practice.ambient.id(PatientID.self)
            let person = try await practice.join(access, [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let stale = try await practice.caller(access, person.token)
            _ = try await practice.staffing(by: practice.commandLine()) { try await $0.suspend(person.staff, reason: practice.reason) }
            try await open(practice, stale, patient)
            _ = try await practice.staffing(by: practice.commandLine()) { try await $0.resume(person.staff, reason: practice.reason) }
            #expect(try await !isOpen(practice, person, patient))
        }
    }
}
