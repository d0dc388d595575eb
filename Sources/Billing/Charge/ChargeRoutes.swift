import Access
import Values
import Web

struct ChargeQuery: Sendable {
    var patient: PatientID?
    var encounter: EncounterID?
    var day: Day?

    static let shape = Shape("ChargeQuery", ChargeQuery()) {
        Field("patient_id", \.patient, .id())
        Field("encounter_id", \.encounter, .id())
        Field("day", \.day, .day)
    }
}

extension Charge {
    static let shape = Shape<Charge>("Charge") {
        Field("id", \.id, .id())
        Field("encounter_id", \.encounter, .id())
        Field("ordinal", \.ordinal, .int(1...50))
        Field("patient_id", \.patient, .id())
        Field("provider_id", \.provider, .id())
        Field("day", \.day, .day)
        Field("code", \.code, .text(1...20), example: "99213")
        Field("modifiers", \.modifiers, .list(of: .text(2...2), 0...4))
        Field("diagnosis_pointers", \.pointers, .list(of: .int(1...12), 0...4))
        Field("units", \.units, .int(1...9999))
        Field("amount", \.amount, .minor())
        Field("version", \.version, .int(1...Int.max))
    }
}

struct ChargeRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/locations/{location}/charges",
                "Lists charges by day, patient or visit",
                .permission(.chargesRead),
                query: ChargeQuery.shape,
                item: Charge.shape
            ) { call, query, page in
                let after = try page.after.map { (day: try $0.day(0), id: try $0.id(1, ChargeID.self)) }
                let select = ChargeStore.list(query, after: after, limit: page.fetch)
                let charges = try await call.read(select, ReadAct("charges.list", "charge", patients: .column)).map(ChargeStore.charge)
                return page.page(charges) { [.day($0.day), .id($0.id)] }
            }
        ]
    }
}
