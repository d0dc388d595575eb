import Postgres
import Values

/// All SQL on `payment`.
enum PaymentStore {
    static func insert(_ payment: Payment, at now: Instant, by actor: UUID) -> Statement {
        """
        insert into {location}.payment (id, patient_id, day, method, amount, created_at, created_by)
        values (\(payment.id), \(payment.patient), \(payment.day), \(payment.method), \(payment.amount), \(now), \(actor))
        """
    }
}
