import Access
import Jobs
import Patients
import Postgres
import Tenancy
import Values

/// Takes a payment and lowers what the patient owes.
struct TakePayment {
    let body: PaymentBody

    func run(_ work: Work) async throws -> Payment {
        guard body.currency == work.location.currency else {
            throw Problem.invalid("/currency", "currency_mismatch", "This location's currency is \(work.location.currency).")
        }
        guard let patient = try await work.query(PatientStore.exists(body.patient)).first?.value(0, as: PatientID.self) else {
            throw Problem.invalid("/patient_id", "unknown_reference", "There is no such patient here.")
        }
        let payment = Payment(
            id: work.id(),
            patient: patient,
            day: work.today,
            method: body.method,
            amount: body.amount,
            currency: body.currency
        )
        work.enqueue(PaymentStore.insert(payment, at: work.now, by: work.caller.actor.id))
        PostEntry().run(
            work,
            NewEntry(
                kind: "payment",
                day: payment.day,
                source: ("payment", payment.id.uuid),
                transfers: [Transfer(debit: .cashPatient, credit: .receivablePatient, amount: payment.amount, patient: patient)]
            )
        )
        work.audit(Act("payment.take", "payment", payment.id, patients: [patient]))
        work.tell(Event("payment.posted", ["payment": payment.id, "day": payment.day]))
        return payment
    }
}
