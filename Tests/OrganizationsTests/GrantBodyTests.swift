import Access
import TestSupport
import Testing
import Values
import Web

@testable import Organizations

@Suite("Grants in a body")
struct GrantBodyTests {
    @Test("exactly one of a built-in role, a role and a permission is granted")
    func exactlyOne() throws {
        var body = GrantBody()
        #expect(throws: Problem.self) { try body.grant(at: "/grant") }
        body.permission = .patientsRead
        #expect(try body.grant(at: "/grant") == NewGrant(.permission(.patientsRead)))
        body.builtIn = .frontDesk
        let problem = #expect(throws: Problem.self) { try body.grant(at: "/grants/3") }
        #expect(problem?.errors.first?.pointer == "/grants/3")
    }

    @Test("every permission and every role an organization may give can be named")
    func allNames() throws {
        for permission in Permission.allCases {
            #expect(try GrantBody.shape.read(["permission": .string(permission.rawValue)]).permission == permission)
        }
        for role in BuiltInRole.allCases {
            #expect(try GrantBody.shape.read(["built_in_role": .string(role.rawValue)]).builtIn == role)
        }
    }
}
