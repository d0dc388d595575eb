import TestSupport
import Testing
import Values

@testable import Access

@Suite("grants")
struct GrantsTests {
    private let north = LocationID(UUID(high: 1, low: 1))
    private let south = LocationID(UUID(high: 1, low: 2))

    @Test("no rule is no access", .shows("AZ-5"))
    func noRule() {
        for permission in Permission.allCases {
            #expect(!Grants.none.allows(permission, at: north))
            #expect(!Grants.none.allowsThroughout(permission))
            #expect(!Grants.none.allowsSomewhere(permission))
        }
    }

    @Test("a grant at one location reaches no other and not the organization")
    func atOneLocation() {
        let grants = Grants([GrantRule(.allow, [.patientsRead, .rolesManage], at: north)])
        #expect(grants.allows(.patientsRead, at: north))
        #expect(!grants.allows(.patientsRead, at: south))
        #expect(!grants.allowsThroughout(.patientsRead))
        #expect(grants.allowsSomewhere(.patientsRead))
        #expect(!grants.allows(.rolesManage, at: north), "what is held organization-wide only is not given by a location")
        #expect(grants.places(.patientsRead) == (false, [north]))
    }

    @Test("a deny beats every allow, in any order", .shows("AZ-5"))
    func denyBeatsAllow() {
        let rules = [
            GrantRule(.allow, [.patientsRead]), GrantRule(.allow, [.patientsRead], at: north), GrantRule(.deny, [.patientsRead], at: north),
        ]
        for order in [rules, rules.reversed()] {
            let grants = Grants(order)
            #expect(!grants.allows(.patientsRead, at: north))
            #expect(grants.allows(.patientsRead, at: south))
            #expect(grants.places(.patientsRead) == (true, [north]))
        }
        let everywhere = Grants(rules + [GrantRule(.deny, [.patientsRead])])
        #expect(!everywhere.allows(.patientsRead, at: south))
        #expect(!everywhere.allowsSomewhere(.patientsRead))
    }

    @Test("nobody covers more than they hold, elsewhere, or for longer")
    func cover() {
        let soon = Instant(seconds: 2_000_000_000)
        let later = Instant(seconds: 2_100_000_000)
        let grants = Grants([
            GrantRule(.allow, [.patientsRead], at: north), GrantRule(.allow, [.feesRead], until: soon), GrantRule(.allow, [.claimsRead]),
            GrantRule(.deny, [.claimsRead], at: south),
        ])
        #expect(grants.cover(GrantRule(.allow, [.patientsRead], at: north)))
        #expect(!grants.cover(GrantRule(.allow, [.patientsRead], at: south)))
        #expect(!grants.cover(GrantRule(.allow, [.patientsRead])))
        #expect(!grants.cover(GrantRule(.allow, [.patientsRead, .patientsMerge], at: north)))
        #expect(grants.cover(GrantRule(.allow, [.feesRead], until: soon)))
        #expect(!grants.cover(GrantRule(.allow, [.feesRead], until: later)))
        #expect(!grants.cover(GrantRule(.allow, [.feesRead])), "for ever is longer than any end")
        #expect(grants.cover(GrantRule(.allow, [.claimsRead], at: north)))
        #expect(!grants.cover(GrantRule(.allow, [.claimsRead])), "denied at one location is not held everywhere")
    }

    @Test("an owner holds all that can be granted and nothing of the platform")
    func owner() {
        #expect(BuiltInRole.owner.permissions == Permission.grantable)
        #expect(!BuiltInRole.owner.permissions.contains(.platformOperate))
        #expect(!BuiltInRole.owner.permissions.contains(.accountManage))
    }

    @Test("the auditor changes nothing, the platform operator sees no patient")
    func builtInRoles() {
        #expect(
            BuiltInRole.auditor.permissions.allSatisfy { $0.rawValue.hasSuffix(".read") || $0 == .auditVerify || $0 == .breakGlassReview }
        )
        let clinical = ["patients.", "appointments.", "charges.", "ledger.", "claims.", "coverage.", "invoices."]
        #expect(
            BuiltInRole.platformOperator.permissions.allSatisfy { permission in !clinical.contains { permission.rawValue.hasPrefix($0) } }
        )
        #expect(!BuiltInRole.platformOperator.isGrantable)
    }

    @Test("permissions are spelled as documented and each has a meaning")
    func spelling() {
        for permission in Permission.allCases {
            #expect(permission.rawValue.split(separator: ".").count == 2)
            #expect(permission.meaning.hasSuffix("."))
        }
        #expect(Permission(rawValue: "appointments.check_in") == .appointmentsCheckIn)
    }
}
