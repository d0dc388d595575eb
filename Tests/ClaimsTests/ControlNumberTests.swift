import Assembly
import Postgres
import Tenancy
import TestSupport
import Testing
import Values

@testable import Claims

@Suite("Control numbers")
struct ControlNumberTests {
    @Test("an organization meets the counters of its own billing entities only", .shows("TI-1"))
    func ofOthers() async throws {
        let story = try await ClaimClinic.open()
        try await story.addRivalEntity(npi: "1003000126", submitter: "RIVAL1")
        let tenancy = story.clinic.services.tenancy
        let (harbor, rival) = (story.clinic.north.organization, story.clinic.elsewhere.organization)
        func senders(_ organization: OrganizationID) async throws -> Set<String> {
            Set(try await tenancy.organizationRead(organization, "select sender from control.control_number").decode(String.self))
        }
        for (organization, party) in [(harbor, party("HARBOR1")), (rival, party("RIVAL1"))] {
            let first = try await ControlNumberStore.lease(2, for: party, of: organization, tenancy: tenancy)
            let second = try await ControlNumberStore.lease(1, for: party, of: organization, tenancy: tenancy)
            #expect(first.count == 2 && second.lowerBound >= first.upperBound)
        }
        let (ours, theirs) = (try await senders(harbor), try await senders(rival))
        #expect(ours == ["HARBOR1"] && theirs == ["RIVAL1"])
        await #expect(throws: (any Error).self) {
            try await ControlNumberStore.lease(1, for: party("HARBOR1"), of: rival, tenancy: tenancy)
        }
        await story.clinic.close()
    }

    private func party(_ submitter: String) -> BillingParty {
        BillingParty(
            id: BillingEntityID(UUID(high: 0, low: 1)),
            name: "Harbor Clinics LLC",
            npi: "1234567893",
            taxID: "123456789",
            taxonomy: nil,
            street: "12 River Street",
            city: "Albany",
            region: "NY",
            postalCode: "122071234",
            contactName: "Grace Hill",
            contactPhone: "+15185550123",
            submitterID: submitter,
            receiverID: "CLEARING1",
            receiverName: "Clearing House",
            testMode: true
        )
    }
}
