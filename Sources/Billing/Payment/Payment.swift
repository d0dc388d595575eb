import Postgres
import Values
import Web

/// What a patient paid at the desk.
struct Payment: Sendable {
    enum Method: String, Sendable, CaseIterable, Bindable {
        case cash, check, card, other
    }

    let id: PaymentID
    let patient: PatientID
    let day: Day
    let method: Method
    let amount: Int64
    let currency: Currency

    static let shape = Shape<Payment>("Payment") {
        Field("id", \.id, .id())
        Field("patient_id", \.patient, .id())
        Field("day", \.day, .day)
        Field("method", \.method, .choice())
        Field("amount", \.amount, .minor())
        Field("currency", \.currency, .currency)
    }
}

struct PaymentBody: Sendable {
    var patient = PatientID.blank
    var method = Payment.Method.cash
    var amount: Int64 = 0
    var currency = Currency.usd

    static let shape = Shape("TakePayment", PaymentBody()) {
        Field("patient_id", \.patient, .id())
        Field("method", \.method, .choice(), example: .card)
        Field("amount", \.amount, .minor(1...100_000_000), example: 2500)
        Field("currency", \.currency, .currency, example: .usd)
    }
}
