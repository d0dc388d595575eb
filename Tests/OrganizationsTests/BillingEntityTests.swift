import TestSupport
import Testing
import Values
import Web

@testable import Organizations

@Suite("Billing entities: rules")
struct BillingEntityTests {
    @Test("a post office box is no street address", arguments: ["PO Box 12", "P.O. Box 7", "p o box 9", "Post Office Box 3"])
    func postOfficeBox(_ street: String) {
        #expect(throws: BillingAddress.postBox) {
            try BillingAddress(street: street, city: "Albany", region: "NY", postalCode: "122071234").check()
        }
    }

    @Test("a street that only sounds like one is taken", arguments: ["12 River Street", "3 Boxwood Lane", "1 Poblano Road"])
    func streets(_ street: String) throws {
        try BillingAddress(street: street, city: "Albany", region: "NY", postalCode: "122071234").check()
    }

    @Test("a contact's number must be one that X12 can carry")
    func phones() throws {
        try BillingContact(name: "Grace Hill", phone: Phone("+15185550123")).check()
        #expect(throws: BillingContact.foreignPhone) { try BillingContact(name: "Grace Hill", phone: Phone("+4930123456")).check() }
        #expect(throws: BillingContact.foreignPhone) { try BillingContact(name: "Grace Hill", phone: nil).check() }
    }

    @Test(
        "a body names every wrong member",
        arguments: [
            ("npi", JSON.string("1234567890")), ("tax_id", "12345678"), ("tax_id", "12-3456789"), ("taxonomy", "26"), ("name", ""),
        ]
    )
    func wrongMembers(_ member: String, _ value: JSON) throws {
        var members: [(key: String, value: JSON)] = [
            ("name", "Riverside LLC"), ("npi", "1234567893"), ("tax_id", "123456789"),
            ("address", ["street": "12 River Street", "city": "Albany", "region": "NY", "postal_code": "122071234"]),
            ("contact", ["name": "Grace Hill", "phone": "+15185550123"]),
            ("clearing", ["submitter_id": "RIVER1", "receiver_id": "CLEAR1", "receiver_name": "Clearing House"]),
        ]
        _ = try BillingEntityBody.shape.read(.object(members))
        members.removeAll { $0.key == member }
        members.append((member, value))
        let problem = #expect(throws: Problem.self) { try BillingEntityBody.shape.read(.object(members)) }
        #expect(problem?.errors.map(\.pointer) == ["/\(member)"])
    }
}
