import Postgres
import Values

/// All SQL on `control.billing_entity` and `control.billing_entity_location`, through the organization's door.
enum BillingEntityStore {
    private static let all: Statement =
        """
        select e.id, e.name, e.npi, e.tax_id_tail, e.taxonomy, e.street, e.city, e.region, e.postal_code, e.contact_name, e.contact_phone,
            e.submitter_id, e.receiver_id, e.receiver_name, e.test_mode,
            array(select l.location_id from control.billing_entity_location l where l.billing_entity_id = e.id order by l.location_id limit 5000),
            e.version, e.created_at, e.updated_at
        from control.billing_entity e
        """

    static func one(_ id: BillingEntityID) -> Statement { all + " where e.id = \(id)" }

    static func locked(_ id: BillingEntityID) -> Statement { one(id) + " for update of e" }

    static func list(after: BillingEntityID?, limit: Int) -> Statement {
        var select = all + " where true"
        if let after { select += " and e.id > \(after)" }
        return select + " order by e.id limit \(limit)"
    }

    static func insert(_ it: BillingEntity, sealed taxID: [UInt8], of organization: OrganizationID, by actor: UUID) -> Statement {
        """
        insert into control.billing_entity (id, organization_id, name, npi, tax_id, tax_id_tail, taxonomy, street, city, region, postal_code, contact_name,
            contact_phone, submitter_id, receiver_id, receiver_name, test_mode, created_at, created_by, updated_at, updated_by)
        values (\(it.id), \(organization), \(it.name), \(it.npi.digits), \(taxID), \(it.taxIDTail), \(it.taxonomy), \(it.address.street), \(it.address.city),
            \(it.address.region), \(it.address.postalCode), \(it.contact.name), \(it.contact.phone?.e164), \(it.route.submitterID), \(it.route.receiverID),
            \(it.route.receiverName), \(it.testMode), \(it.createdAt), \(actor), \(it.updatedAt), \(actor))
        """
    }

    /// - Parameter taxID: nil keeps it.
    static func update(_ it: BillingEntity, sealed taxID: [UInt8]?, by actor: UUID) -> Statement {
        """
        update control.billing_entity set name = \(it.name), npi_since = case when npi = \(it.npi.digits) then npi_since else \(it.updatedAt) end, npi = \(it.npi.digits), tax_id = coalesce(\(taxID), tax_id), tax_id_tail = \(it.taxIDTail),
            taxonomy = \(it.taxonomy), street = \(it.address.street), city = \(it.address.city), region = \(it.address.region),
            postal_code = \(it.address.postalCode), contact_name = \(it.contact.name), contact_phone = \(it.contact.phone?.e164),
            submitter_id = \(it.route.submitterID), receiver_id = \(it.route.receiverID), receiver_name = \(it.route.receiverName),
            test_mode = \(it.testMode), version = \(it.version), updated_at = \(it.updatedAt), updated_by = \(actor)
        where id = \(it.id)
        """
    }

    /// Takes a location from whichever billing entity has it; `of` nil is any.
    static func unassign(_ location: LocationID, of entity: BillingEntityID?) -> Statement {
        """
        delete from control.billing_entity_location
        where location_id = \(location) and (\(entity)::uuid is null or billing_entity_id = \(entity)) returning billing_entity_id
        """
    }

    static func assign(_ location: LocationID, to entity: BillingEntityID, of organization: OrganizationID) -> Statement {
        """
        insert into control.billing_entity_location (organization_id, billing_entity_id, location_id) values (\(organization), \(entity), \(location))
        """
    }

    static func entity(_ row: Row) throws -> BillingEntity {
        guard let npi = NPI(try row.value(2, as: String.self)) else {
            throw Problem(.failed, "billing_entity_damaged", "The NPI of this billing entity cannot be read.")
        }
        return BillingEntity(
            id: try row.value(0),
            name: try row.value(1),
            npi: npi,
            taxIDTail: try row.value(3),
            taxonomy: try row.value(4),
            address: BillingAddress(
                street: try row.value(5),
                city: try row.value(6),
                region: try row.value(7),
                postalCode: try row.value(8)
            ),
            contact: BillingContact(name: try row.value(9), phone: Phone(try row.value(10, as: String.self))),
            route: ClearingRoute(submitterID: try row.value(11), receiverID: try row.value(12), receiverName: try row.value(13)),
            testMode: try row.value(14),
            locations: try row.value(15),
            version: try row.value(16),
            createdAt: try row.value(17),
            updatedAt: try row.value(18)
        )
    }
}
