import Access
import Jobs
import Values
import Web

/// Changes a payer. Its code stays: claims and remittances name it.
struct ChangePayer {
    let id: PayerID
    let body: ChangePayerBody

    func run(_ work: Work) async throws -> Payer {
        guard let row = try await work.query(PayerStore.locked(id)).first else { throw Problem.notFound }
        let old = try PayerStore.payer(row)
        try work.expect(old.version)
        var new = old
        new.name = body.name ?? old.name
        new.filingIndicator = body.filingIndicator ?? old.filingIndicator
        new.street = body.street.applied(to: old.street)
        new.city = body.city.applied(to: old.city)
        new.region = body.region.applied(to: old.region)
        new.postalCode = body.postalCode.applied(to: old.postalCode)
        new.active = body.active ?? old.active
        let changed = new.changed(from: old)
        guard !changed.isEmpty else { return old }
        new.version += 1
        new.updatedAt = work.now
        work.enqueue(PayerStore.update(new, by: work.caller.actor.id))
        work.audit(Act("payer.change", "payer", id, changed: changed))
        return new
    }
}
