import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Access

extension OnDatabase {
    @Suite("staff and rights")
    struct StaffingTests {
        @Test("nobody grants more than they hold, nor outside their locations", .shows("AZ-7"))
        func grantsMore() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let manager = try await practice.join(access, [NewGrant(.builtIn(.locationManager), at: practice.north.id)])
            let clerk = try await practice.join(access, [NewGrant(.builtIn(.assistant), at: practice.north.id)])
            let caller = try await practice.caller(access, manager.token)
            let attempt = { (grant: NewGrant) in
                try await problem {
                    _ = try await practice.staffing(by: caller) { try await $0.grant(grant, to: clerk.staff, reason: practice.reason) }
                }
            }
            #expect(try await attempt(NewGrant(.builtIn(.frontDesk), at: practice.north.id)) == nil)
            #expect(try await attempt(NewGrant(.builtIn(.frontDesk), at: practice.south.id)) == "outside_own_locations")
            #expect(try await attempt(NewGrant(.builtIn(.frontDesk))) == "outside_own_locations")
            #expect(try await attempt(NewGrant(.builtIn(.owner), at: practice.north.id)) == "grants_more_than_held")
            #expect(try await attempt(NewGrant(.permission(.rolesManage), at: practice.north.id)) == "grants_more_than_held")
            #expect(try await attempt(NewGrant(.permission(.platformOperate), at: practice.north.id)) == "invalid_request")
            #expect(try await attempt(NewGrant(.builtIn(.platformOperator), at: practice.north.id)) == "invalid_request")
            #expect(try await attempt(NewGrant(.builtIn(.frontDesk), at: practice.foreign.id)) == "outside_own_locations")
            let provider = try await practice.caller(access, clerk.token)
            let selfish = try await problem {
                _ = try await practice.staffing(by: provider) {
                    try await $0.grant(
                        NewGrant(.permission(.ledgerAdjust), at: practice.north.id),
                        to: clerk.staff,
                        reason: practice.reason
                    )
                }
            }
            #expect(selfish == "permission_missing")
        }

        @Test("a location of another organization does not exist, even for an owner")
        func foreignLocation() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let owner = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let caller = try await practice.caller(access, owner.token)
            for location in [practice.foreign.id, practice.ambient.id(LocationID.self)] {
                let code = try await problem {
                    _ = try await practice.staffing(by: caller) {
                        try await $0.grant(NewGrant(.builtIn(.provider), at: location), to: owner.staff, reason: practice.reason)
                    }
                }
                #expect(code == "invalid_request")
            }
            let stranger = try await practice.join(access, [NewGrant(.builtIn(.biller))], in: practice.stranger)
            let code = try await problem {
                _ = try await practice.staffing(by: caller) { try await $0.suspend(stranger.staff, reason: practice.reason) }
            }
            #expect(code == "not_found")
        }

        @Test("a manager cannot suspend an owner; a suspended member is refused within a second, and comes back")
        func suspend() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let owner = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let manager = try await practice.join(access, [NewGrant(.builtIn(.locationManager))])
            let boss = try await practice.caller(access, owner.token)
            let middle = try await practice.caller(access, manager.token)
            #expect(
                try await problem {
                    _ = try await practice.staffing(by: middle) { try await $0.suspend(owner.staff, reason: practice.reason) }
                }
                    == "grants_more_than_held"
            )
            let suspended = try await practice.staffing(by: boss) { try await $0.suspend(manager.staff, reason: practice.reason) }
            let fresh = try await practice.caller(practice.access(), manager.token)
            #expect(!fresh.may(.patientsRead, at: practice.north))
            #expect(try await problem { _ = try fresh.acting(in: practice.organization) } == "staff_suspended")
            let stale = try await problem {
                _ = try await practice.staffing(by: boss, version: suspended.version - 1) {
                    try await $0.resume(manager.staff, reason: practice.reason)
                }
            }
            #expect(stale == "stale")
            _ = try await practice.staffing(by: boss) { try await $0.resume(manager.staff, reason: practice.reason) }
            #expect(try await practice.caller(practice.access(), manager.token).may(.patientsRead, at: practice.north))
        }

        @Test("two last owners who suspend each other at once leave one", .shows("AZ-7"))
        func lastOwner() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let first = try await practice.join(access, [NewGrant(.builtIn(.owner))], in: practice.stranger)
            let second = try await practice.join(access, [NewGrant(.builtIn(.owner))], in: practice.stranger)
            let callers = try await [practice.caller(access, first.token), practice.caller(access, second.token)]
            let codes = try await withThrowingTaskGroup(of: String?.self) { group in
                for (caller, target) in zip(callers, [second.staff, first.staff]) {
                    group.addTask {
                        try await problem {
                            _ = try await practice.staffing(in: practice.stranger, by: caller) {
                                try await $0.suspend(target, reason: practice.reason)
                            }
                        }
                    }
                }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.contains("last_owner"))
        }

        @Test("an owner cannot be denied anything, and the last one's grant cannot be revoked", .shows("AZ-7"))
        func ownerStays() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let owner = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let caller = try await practice.caller(access, owner.token)
            let deny = try await problem {
                _ = try await practice.staffing(by: caller) {
                    try await $0.grant(NewGrant(.permission(.patientsRead), effect: .deny), to: owner.staff, reason: practice.reason)
                }
            }
            #expect(deny == "owner_cannot_be_denied")
        }

        @Test("a denied permission is denied at once, until the deny is taken back by somebody who holds it", .shows("AZ-5"))
        func deny() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let owner = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let clerk = try await practice.join(access, [NewGrant(.builtIn(.frontDesk))])
            let boss = try await practice.caller(access, owner.token)
            let grant = try await practice.staffing(by: boss) {
                try await $0.grant(
                    NewGrant(.permission(.patientsRead), at: practice.south.id, effect: .deny),
                    to: clerk.staff,
                    reason: practice.reason
                )
            }
            let caller = try await practice.caller(practice.access(), clerk.token)
            #expect(caller.may(.patientsRead, at: practice.north))
            #expect(!caller.may(.patientsRead, at: practice.south))
            #expect(
                caller.locations(with: .patientsRead, in: practice.organization)
                    == .all(of: practice.organization, except: [practice.south.id])
            )
            #expect(!caller.locations(with: .patientsRead, in: practice.organization).contains(practice.foreign))
            try await practice.staffing(by: boss) { try await $0.revoke(grant.id, reason: practice.reason) }
            #expect(try await practice.caller(practice.access(), clerk.token).may(.patientsRead, at: practice.south))
        }

        @Test("a grant ends by itself")
        func until() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let until = practice.clock.now.adding(seconds: 600)
            let person = try await practice.join(
                access,
                [
                    NewGrant(.builtIn(.frontDesk), at: practice.north.id, until: until),
                    NewGrant(.builtIn(.assistant), at: practice.north.id),
                ]
            )
            #expect(try await practice.caller(access, person.token).may(.appointmentsBook, at: practice.north))
            practice.clock.advance(seconds: 601)
            #expect(try await !practice.caller(practice.access(), person.token).may(.appointmentsBook, at: practice.north))
        }

        @Test("a role an organization makes is held by who has it, changes within a second, and stays while somebody has it")
        func roles() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let owner = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let boss = try await practice.caller(access, owner.token)
            let name = "Scribe \(UInt64.random(in: 0...UInt64.max))"
            let role = try await practice.staffing(by: boss) { try await $0.createRole(name: name, permissions: [.patientsRead]) }
            let taken = try await problem {
                _ = try await practice.staffing(by: boss) { try await $0.createRole(name: name.uppercased(), permissions: [.patientsRead]) }
            }
            #expect(taken == "name_taken")
            let scribe = try await practice.join(access, [NewGrant(.role(role.id), at: practice.north.id)])
            #expect(try await practice.caller(practice.access(), scribe.token).may(.patientsRead, at: practice.north))
            _ = try await practice.staffing(by: boss, version: 1) {
                try await $0.changeRole(role.id, name: nil, permissions: [.feesRead], reason: practice.reason)
            }
            let caller = try await practice.caller(practice.access(), scribe.token)
            #expect(!caller.may(.patientsRead, at: practice.north))
            #expect(caller.may(.feesRead, at: practice.north))
            let used = try await problem {
                try await practice.staffing(by: boss) { try await $0.removeRole(role.id, reason: practice.reason) }
            }
            #expect(used == "role_in_use")
            let page = try await access.read(
                practice.organization,
                Role.page(after: nil, limit: 10),
                ReadAct("role.list", "role"),
                by: boss
            )
            #expect(try page.map(Role.init).contains { $0.id == role.id && $0.permissions == [.feesRead] })
        }

        @Test("a key does what its scopes say, where they say it, and never more than its maker; revoked it is dead", .shows("AU-15"))
        func keys() async throws {
            let practice = try Practice.current
            let access = practice.access()
            let owner = try await practice.join(access, [NewGrant(.builtIn(.owner))])
            let boss = try await practice.caller(access, owner.token)
            let end = practice.clock.now.adding(seconds: 86_400)
            let new = try await practice.staffing(by: boss) {
                try await $0.createKey(name: "Kiosk", scopes: [.appointmentsRead], locations: [practice.north.id], expiresAt: end)
            }
            #expect(new.token.hasPrefix("pc_k_"))
            let key = try await practice.caller(practice.access(), new.token)
            #expect(key.actor.kind == .key)
            #expect(key.may(.appointmentsRead, at: practice.north))
            #expect(!key.may(.appointmentsRead, at: practice.south))
            #expect(!key.may(.appointmentsBook, at: practice.north))
            #expect(!key.may(.accountManage))
            let foreign = try await problem {
                _ = try await practice.staffing(by: boss) {
                    try await $0.createKey(name: "Kiosk", scopes: [.appointmentsRead], locations: [practice.foreign.id], expiresAt: end)
                }
            }
            #expect(foreign == "invalid_request")
            try await practice.staffing(by: boss) { try await $0.revokeKey(new.key.id) }
            #expect(try await problem { _ = try await practice.caller(practice.access(), new.token) } == "not_signed_in")
        }

        @Test("the sign-in tables are closed to the organization's door, and other organizations' rows are not there", .shows("TI-4"))
        func walls() async throws {
            let practice = try Practice.current
            for statement in ["select id from control.account", "select id from control.session", "select token_hash from control.api_key"]
                as [Statement]
            {
                await #expect(throws: PostgresError.self) { try await practice.tenancy.organizationRead(practice.organization, statement) }
            }
            let rows = try await practice.tenancy.organizationRead(
                practice.organization,
                "select id from control.staff where organization_id <> \(practice.organization)"
            )
            #expect(rows.isEmpty)
            await #expect(throws: PostgresError.self) {
                try await practice.tenancy.organizationRead(practice.organization, "delete from control.audit_entry")
            }
            await #expect(throws: PostgresError.self) {
                try await practice.tenancy.organizationRead(practice.organization, "update control.audit_seal set batch = 2")
            }
        }
    }
}
