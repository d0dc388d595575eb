import Access
import Jobs
import Postgres
import Values

/// Adds a payer.
struct CreatePayer {
    let body: CreatePayerBody

    func run(_ work: Work) async throws -> Payer {
        let payer = Payer(
            id: work.id(),
            name: body.name,
            code: body.code,
            filingIndicator: body.filingIndicator,
            street: body.street,
            city: body.city,
            region: body.region,
            postalCode: body.postalCode,
            active: true,
            version: 1,
            createdAt: work.now,
            updatedAt: work.now
        )
        work.audit(Act("payer.create", "payer", payer.id))
        do {
            try await work.query(PayerStore.insert(payer, by: work.caller.actor.id))
        } catch let error as PostgresError where error.constraint == "payer_code" {
            throw Payer.codeTaken
        }
        return payer
    }
}
