import Postgres
import Values

/// All SQL on `control.claim_route`: claim number → location. Says nothing about the patient.
enum ClaimRouteStore {
    /// Many numbers at once; those that are there stay as they are.
    static func insert(_ numbers: [String], at location: LocationID, of organization: OrganizationID, from party: BillingEntityID)
        -> Statement
    {
        """
        insert into control.claim_route (claim_number, organization_id, location_id, billing_entity_id)
        select number, \(organization), \(location), \(party) from unnest(\(numbers)) as number
        on conflict (claim_number) do nothing
        """
    }

    /// How many of the numbers lead to this location: all, or a number is somebody else's.
    static func count(_ numbers: [String], at location: LocationID) -> Statement {
        "select count(*) from control.claim_route where claim_number = any(\(numbers)) and location_id = \(location)"
    }

    static func locations(of numbers: [String]) -> Statement {
        "select claim_number, location_id from control.claim_route where claim_number = any(\(numbers))"
    }
}
