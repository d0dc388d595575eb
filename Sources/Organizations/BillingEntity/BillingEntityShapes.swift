import Values
import Web

extension BillingAddress {
    static let shape = Shape("BillingAddress", BillingAddress()) {
        Field("street", \.street, .text(1...55), example: "12 River Street", about: "Not a post office box.")
        Field("city", \.city, .text(2...30), example: "Albany")
        Field("region", \.region, .code(2...2, "A-Z"), example: "NY")
        Field("postal_code", \.postalCode, .code(9...9, "0-9"), example: "122071234", about: "All nine digits.")
    }
}

extension BillingContact {
    static let shape = Shape("BillingContact", BillingContact()) {
        Field("name", \.name, .text(1...60), example: "Grace Hill")
        Field("phone", \.phone, .phone, example: Phone("+15185550123"), required: true)
    }
}

extension ClearingRoute {
    static let shape = Shape("ClearingRoute", ClearingRoute()) {
        Field("submitter_id", \.submitterID, .code(2...15, "A-Z0-9"), example: "RIVERSIDE1", about: "ISA06, given by the clearinghouse.")
        Field("receiver_id", \.receiverID, .code(2...15, "A-Z0-9"), example: "CLEARING1", about: "ISA08.")
        Field("receiver_name", \.receiverName, .text(1...60), example: "Clearing House")
    }
}

struct BillingEntityBody: Sendable {
    var name = ""
    var npi: NPI?
    var taxID = ""
    var taxonomy: String?
    var address = BillingAddress()
    var contact = BillingContact()
    var route = ClearingRoute()
    var testMode = true

    static let shape = Shape("CreateBillingEntity", BillingEntityBody()) {
        Field("name", \.name, .text(1...60), example: "Riverside Health LLC")
        Field("npi", \.npi, .npi, example: NPI("1234567893"), required: true, about: "The group's NPI (type 2).")
        Field("tax_id", \.taxID, .code(9...9, "0-9"), example: "123456789", about: "Kept sealed; answers show the last four digits.")
        Field("taxonomy", \.taxonomy, .code(10...10, "A-Z0-9"), example: "261QP2300X")
        Field("address", \.address, .object(BillingAddress.shape))
        Field("contact", \.contact, .object(BillingContact.shape))
        Field("clearing", \.route, .object(ClearingRoute.shape))
        Field("test_mode", \.testMode, .bool, optional: true, about: "true until the clearinghouse has accepted its test files.")
    }
}

struct BillingEntityChange: Sendable {
    var name: String?
    var npi: NPI?
    var taxID: String?
    var taxonomy = Change<String>.keep
    var address: BillingAddress?
    var contact: BillingContact?
    var route: ClearingRoute?
    var testMode: Bool?

    static let shape = Shape("ChangeBillingEntity", BillingEntityChange()) {
        Field("name", \.name, .text(1...60), null: false)
        Field("npi", \.npi, .npi, null: false)
        Field("tax_id", \.taxID, .code(9...9, "0-9"), null: false)
        Field("taxonomy", \.taxonomy, .code(10...10, "A-Z0-9"))
        Field("address", \.address, .object(BillingAddress.shape), null: false)
        Field("contact", \.contact, .object(BillingContact.shape), null: false)
        Field("clearing", \.route, .object(ClearingRoute.shape), null: false)
        Field("test_mode", \.testMode, .bool, null: false)
    }
}

extension BillingEntity {
    static let shape = Shape<BillingEntity>("BillingEntity") {
        Field("id", \.id, .id())
        Field("name", \.name, .text(1...60))
        Field("npi", \.npi, .npi)
        Field("tax_id_tail", \.taxIDTail, .text(4...4), example: "6789")
        Field("taxonomy", \.taxonomy, .text(10...10))
        Field("address", \.address, .object(BillingAddress.shape))
        Field("contact", \.contact, .object(BillingContact.shape))
        Field("clearing", \.route, .object(ClearingRoute.shape))
        Field("test_mode", \.testMode, .bool)
        Field("location_ids", \.locations, .list(of: .id(), 0...5000), about: "The locations it bills for.")
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}
