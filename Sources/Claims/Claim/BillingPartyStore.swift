import Access
import Postgres
import Values
import X12

/// What claims read of the billing entities in control.
enum BillingPartyStore {
    private static let columns: Statement = """
        select billing_entity.id, name, npi, tax_id, taxonomy, street, city, region, postal_code, contact_name, contact_phone, submitter_id,
            receiver_id, receiver_name, test_mode
        from control.billing_entity
        """

    static func one(_ id: BillingEntityID) -> Statement { columns + " where billing_entity.id = \(id)" }

    /// Whose NPI or submitter id it may be, of all organizations: for the worker's own narrow right.
    static func payees(npis: [String], submitters: [String]) -> Statement {
        """
        select id, organization_id, npi, submitter_id from control.billing_entity
        where npi = any(\(npis)) or submitter_id = any(\(submitters)) order by id limit 1000
        """
    }

    static func testMode(_ id: BillingEntityID) -> Statement { "select test_mode from control.billing_entity where id = \(id)" }

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
