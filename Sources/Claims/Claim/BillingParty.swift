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
