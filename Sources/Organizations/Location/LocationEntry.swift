import Postgres
import Tenancy
import Values
import Web

/// A location as the directory describes it to its own people: nothing of where its data lives.
struct LocationEntry: Sendable, Versioned {
    let id: LocationID
    let name: String
    let kind: ClinicKind
    let timeZone: ZoneName
    let currency: Currency
    let state: Location.State
    let version: Int

    static let shape = Shape<LocationEntry>("Location") {
        Field("id", \.id, .id())
        Field("name", \.name, .text(1...100), example: "Riverside North")
        Field("kind", \.kind, .choice())
        Field("time_zone", \.timeZone, .zone, example: ZoneName("America/New_York"))
        Field("currency", \.currency, .currency, example: .usd)
        Field("state", \.state, .choice())
        Field("version", \.version, .int(1...Int.max))
    }
}
