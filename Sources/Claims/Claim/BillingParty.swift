import Access
import Postgres
import Values
import X12

/// The billing entity as claims need it: who bills, who submits, and to whom. Organizations keeps it; claims only read it.
struct BillingParty: Sendable {
    let id: BillingEntityID
    let name: String
    let npi: String
    let taxID: String
    let taxonomy: String?
    let street: String
    let city: String
    let region: String
    let postalCode: String
    let contactName: String
    let contactPhone: String
    let submitterID: String
    let receiverID: String
    let receiverName: String
    /// ISA15: everything it sends is marked as test.
    let testMode: Bool

    /// nil when its NPI is none.
    var provider: BillingProvider? {
        guard let npi = NPI(npi) else { return nil }
        return BillingProvider(
            name: .organization(name),
            npi: npi,
            taxonomy: taxonomy,
            address: X12.Address(line1: street, city: city, state: region, zip: postalCode),
            taxID: .employer(taxID)
        )
    }

    var submitter: Submitter { Submitter(name: name, id: submitterID, contact: Contact(name: contactName, phone: contactPhone)) }

    func envelope(control: Int, at wallClock: (day: Day, time: TimeOfDay)) -> OutboundEnvelope {
        OutboundEnvelope(
            sender: submitterID,
            receiver: receiverID,
            interchangeControl: control,
            groupControl: control,
            usage: testMode ? .test : .production,
            date: wallClock.day,
            time: wallClock.time
        )
    }
}

/// What claims read of the billing entities in control.
enum BillingPartyStore {
    private static let columns: Statement = """
        select billing_entity.id, name, npi, tax_id, taxonomy, street, city, region, postal_code, contact_name, contact_phone, submitter_id,
            receiver_id, receiver_name, test_mode
        from control.billing_entity
        """

    static func one(_ id: BillingEntityID) -> Statement { columns + " where billing_entity.id = \(id)" }

    static func of(_ location: LocationID) -> Statement {
        columns + """
             join control.billing_entity_location on billing_entity_location.billing_entity_id = billing_entity.id
            where billing_entity_location.location_id = \(location)
            """
    }

    /// Errors: the tax id was sealed for another row, or its key is gone.
    static func party(_ row: Row, of organization: OrganizationID, keys: KeyRing) throws -> BillingParty {
        var columns = Columns(row)
        let id: BillingEntityID = try columns.next()
        return BillingParty(
            id: id,
            name: try columns.next(),
            npi: try columns.next(),
            taxID: try keys.openText(
                try columns.next(),
                for: SealContext(organization: organization, table: "billing_entity", id: id.uuid, column: "tax_id")
            ),
            taxonomy: try columns.next(),
            street: try columns.next(),
            city: try columns.next(),
            region: try columns.next(),
            postalCode: try columns.next(),
            contactName: try columns.next(),
            contactPhone: try columns.next(),
            submitterID: try columns.next(),
            receiverID: try columns.next(),
            receiverName: try columns.next(),
            testMode: try columns.next()
        )
    }
}
