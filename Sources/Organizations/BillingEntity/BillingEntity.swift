import Postgres
import Values
import Web

/// Who bills: the tax id, group NPI and submitter that claims of one or more locations go out under.
struct BillingEntity: Sendable, Equatable, Versioned {
    let id: BillingEntityID
    var name: String
    var npi: NPI
    /// The last four digits; the whole number stays sealed.
    var taxIDTail: String
    var taxonomy: String?
    var address: BillingAddress
    var contact: BillingContact
    var route: ClearingRoute
    /// Everything it sends is marked as test (ISA15).
    var testMode: Bool
    /// The locations it bills for.
    var locations: [LocationID] = []
    var version: Int
    let createdAt: Instant
    var updatedAt: Instant

    static let nameTaken = Problem.conflict("billing_entity_name_taken", "Another billing entity has this name.")

    /// The names of the members that differ, never their values.
    func changed(from old: BillingEntity) -> [String] {
        var names: [String] = []
        if name != old.name { names.append("name") }
        if npi != old.npi { names.append("npi") }
        if taxonomy != old.taxonomy { names.append("taxonomy") }
        if address != old.address { names.append("address") }
        if contact != old.contact { names.append("contact") }
        if route != old.route { names.append("clearing") }
        if testMode != old.testMode { names.append("test_mode") }
        return names
    }
}

/// Where the biller is; X12 takes a street, not a post office box, and nine digits of ZIP.
struct BillingAddress: Sendable, Equatable {
    var street = ""
    var city = ""
    var region = ""
    var postalCode = ""

    static let postBox = Problem.invalid("/address/street", "post_box", "Claims need a street address, not a post office box.")

    /// Errors: a post office box.
    func check() throws(Problem) {
        let letters = street.lowercased().filter { $0.isLetter || $0.isNumber }
        guard !letters.hasPrefix("pobox"), !letters.hasPrefix("postofficebox") else { throw BillingAddress.postBox }
    }
}

/// Whom a payer asks about a claim.
struct BillingContact: Sendable, Equatable {
    var name = ""
    var phone: Phone?

    static let foreignPhone = Problem.invalid(
        "/contact/phone",
        "not_north_american",
        "Claims carry ten digits: send a number that begins with +1."
    )

    /// Errors: a number that X12 cannot carry.
    func check() throws(Problem) {
        guard let phone, phone.e164.hasPrefix("+1"), phone.e164.utf8.count == 12 else { throw BillingContact.foreignPhone }
    }
}

/// Who sends to whom: the ids of the interchange.
struct ClearingRoute: Sendable, Equatable {
    var submitterID = ""
    var receiverID = ""
    var receiverName = ""
}
