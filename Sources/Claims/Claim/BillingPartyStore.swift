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

    /// Whose NPI or submitter id it may be, of all organizations: for the worker's own narrow right. Of each organization the oldest for each NPI
    /// and submitter id that is asked for, so that one with many billing entities crowds out nobody. In the order in which they came to it.
    static func payees(npis: [String], submitters: [String]) -> Statement {
        """
        select id, organization_id, npi, submitter_id from (
            select distinct on (organization_id, asked_npi, asked_submitter) id, organization_id, npi, submitter_id, since
            from (
                select id, organization_id, npi, submitter_id, coalesce(npi_since, created_at) as since,
                    case when npi = any(\(npis)) then npi end as asked_npi,
                    case when submitter_id = any(\(submitters)) then submitter_id end as asked_submitter
                from control.billing_entity where npi = any(\(npis)) or submitter_id = any(\(submitters))
            ) fitting
            order by organization_id, asked_npi, asked_submitter, since, id
        ) oldest
        order by since, id
        """
    }

    /// NPIs of several organizations, and those organizations in the order in which they came to it. Through the queue's door.
    static func sharedNPIs(limit: Int) -> Statement {
        """
        select npi, array_agg(organization_id order by since, organization_id) from (
            select npi, organization_id, min(coalesce(npi_since, created_at)) as since from control.billing_entity group by npi, organization_id
        ) holder
        group by npi having count(*) > 1 order by npi limit \(limit)
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
