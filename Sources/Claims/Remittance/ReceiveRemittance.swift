import Access
import Jobs
import Postgres
import Tenancy
import Values
import X12

/// Records what a file holds: each payment for its organization, divided by location. Safe to repeat: what is recorded stays as it is, what
/// was held is judged anew.
struct ReceiveRemittance: Sendable {
    let file: ReceivedFile
    let kept: KeptFile
    /// A file of this name and content was taken away already: this is another arrival, not the rest of an interrupted one.
    let cameAgain: Bool

    /// Whether all of it may be posted; else the file belongs among the held ones.
    func run(_ context: JobContext) async throws -> Bool {
        let payees = try await Payees.of(file, tenancy: context.tenancy)
        if file.payments.isEmpty {
            let organizations = Set(payees.candidates(receivers: file.receivers).map(\.organization))
            let organization = organizations.count == 1 ? organizations.first : nil
            try await hold(
                NewRemittance(
                    id: context.ambient.id(),
                    organization: organization,
                    billingEntity: nil,
                    file: kept,
                    ordinal: 0,
                    reasons: file.reasons
                ),
                context
            )
            return false
        }
        var postable = true
        for payment in file.payments {
            try context.checkLease()
            let outcome = try await record(payment, payees, context)
            postable = postable && outcome
        }
        return postable
    }

    private func record(_ payment: ReceivedPayment, _ payees: Payees, _ context: JobContext) async throws -> Bool {
        let candidates = payees.candidates(for: payment)
        let organizations = payees.organizations(for: payment)
        var organization = organizations.first
        var reasons = file.reasons(of: payment)
        if organizations.isEmpty {
            reasons.append(.payeeUnknown)
        } else if organizations.count > 1 {
            let owners = try await owners(of: payment, among: organizations, context)
            organization = owners.count == 1 ? owners[0] : nil
            if owners.isEmpty, payment.remittance.payee.idQualifier == "XX" {
                // Nothing of it can be posted, and whoever names another's NPI later never sees it.
                organization = organizations.first
                reasons.append(.payeeShared)
            } else if organization == nil {
                reasons.append(.payeeAmbiguous)
            }
        }
        if payment.remittance.payment.creditDebit == "D" { reasons.append(.debit) }
        let today = TimeZoneRules(.utc).wallClock(at: context.now).day
        // A missing, impossible or absurd day would date ledger entries where nobody looks for them.
        if let day = payment.remittance.payment.date, day >= today.adding(days: -5 * 366), day <= today.adding(days: 366) {
        } else {
            reasons.append(.paymentDate)
        }
        let payee = candidates.first { $0.organization == organization }
        var new = header(payment, organization: organization, entity: payee?.entity, context)
        new.reasons = reasons
        guard let organization, let payee else {
            try await hold(new, context)
            return false
        }
        return try await record(payment, new, of: organization, payee, context)
    }

    private func record(
        _ payment: ReceivedPayment,
        _ header: NewRemittance,
        of organization: OrganizationID,
        _ payee: Payee,
        _ context: JobContext
    ) async throws -> Bool {
        let outcome = try await context.organizationWork("payment \(hex(kept.sha256)) \(payment.ordinal)", of: organization) {
            work -> Bool in
            var new = header
            try await work.query(RemittanceStore.lock(organization))
            if payment.remittance.interchange.usage == "T", try await !isInTestMode(payee.entity, work) { new.reasons.append(.testFile) }
            var parts: [RemittancePart] = []
            if new.reasons.isEmpty {
                let same = try await work.query(RemittanceStore.same(as: new)).decode((RemittanceID, Bool).self).first
                if let (id, decidesTheSame) = same {
                    if decidesTheSame {
                        new.state = .duplicate
                        new.duplicateOf = id
                    } else {
                        // Taken for a duplicate, its decisions would be lost and nobody told.
                        new.reasons.append(.traceReused)
                    }
                } else {
                    (parts, new.unmatched) = payment.parts(routes: try await routes(of: payment, work))
                    if parts.isEmpty, !new.unmatched.isEmpty { new.reasons.append(.claimsUnknown) }
                    // Nothing but provider adjustments is nobody's to post.
                    new.state = !new.reasons.isEmpty ? .held : parts.isEmpty ? .posted : .posting
                }
            }
            try await save(new, parts, organization, work)
            return new.reasons.isEmpty
        }
        // Nobody's until now, perhaps: operators need not look after it any more.
        _ = try await context.tenancy.queueRead(nil, RemittanceStore.close(kept, ordinal: payment.ordinal, at: context.now))
        if let outcome { return outcome }
        // Recorded by an earlier try of this job.
        let isHeld: Bool? = try await context.tenancy.organizationRead(
            organization,
            RemittanceStore.isHeld(kept, ordinal: payment.ordinal)
        ).first?.value(0)
        return isHeld == false
    }

    private func save(_ new: NewRemittance, _ parts: [RemittancePart], _ organization: OrganizationID, _ work: OrganizationWork)
        async throws
    {
        guard let id: RemittanceID = try await work.query(RemittanceStore.record(new, at: work.now)).first?.value(0) else {
            let firstName: String? = try await work.query(RemittanceStore.known(kept)).first?.value(1)
            if new.ordinal <= 1, cameAgain || firstName != kept.name {
                work.enqueue(RemittanceStore.cameAgain(kept))
                work.audit(Act("remittance.came_again", "file", nil))
            }
            return
        }
        for part in parts {
            work.enqueue(RemittanceStore.insert(part, of: id, in: organization))
            work.tell(Event("remittance.part_ready", ["remittance": id, "location": part.location]))
        }
        work.audit(Act("remittance.\(new.state.rawValue)", "remittance", id))
    }

    private func routes(of payment: ReceivedPayment, _ work: OrganizationWork) async throws -> [String: LocationID] {
        let numbers = Array(Set(payment.claims.map { ClaimNumber.looked(up: $0.number) })).sorted()
        var routes: [String: LocationID] = [:]
        for start in stride(from: 0, to: numbers.count, by: 2_000) {
            let part = Array(numbers[start..<min(start + 2_000, numbers.count)])
            for (number, location) in try await work.query(ClaimRouteStore.locations(of: part)).decode((String, LocationID).self) {
                routes[number] = location
            }
        }
        return routes
    }

    private func isInTestMode(_ entity: BillingEntityID, _ work: OrganizationWork) async throws -> Bool {
        try await work.query(BillingPartyStore.testMode(entity)).first?.value(0) ?? false
    }

    /// The organizations that know any of the payment's claims: numbers are given by us, so nobody can claim another's.
    private func owners(of payment: ReceivedPayment, among organizations: [OrganizationID], _ context: JobContext) async throws
        -> [OrganizationID]
    {
        let numbers = Array(Set(payment.claims.prefix(500).map { ClaimNumber.looked(up: $0.number) })).sorted()
        var owners: [OrganizationID] = []
        for organization in organizations.prefix(20) {
            if try await !context.tenancy.organizationRead(organization, ClaimRouteStore.locations(of: numbers)).isEmpty {
                owners.append(organization)
            }
        }
        return owners
    }

    /// Keeps what is held: with its organization, or with nobody when that is not known.
    private func hold(_ new: NewRemittance, _ context: JobContext) async throws {
        guard let organization = new.organization else {
            _ = try await context.tenancy.queueRead(nil, RemittanceStore.keep(new, at: context.now))
            return
        }
        _ = try await context.organizationWork("held \(hex(kept.sha256)) \(new.ordinal)", of: organization) { work in
            try await save(new, [], organization, work)
        }
    }

    private func header(_ payment: ReceivedPayment, organization: OrganizationID?, entity: BillingEntityID?, _ context: JobContext)
        -> NewRemittance
    {
        NewRemittance(
            id: context.ambient.id(),
            organization: organization,
            billingEntity: entity,
            file: kept,
            ordinal: payment.ordinal,
            sender: printable(payment.remittance.interchange.sender),
            interchange: printable(payment.remittance.interchange.control),
            payerCode: printable(payment.payerCode),
            trace: printable(payment.trace),
            day: payment.remittance.payment.date,
            amount: payment.amount,
            adjustments: payment.adjustments,
            claims: payment.claims.count,
            providerAdjustments: payment.remittance.providerAdjustments.map { adjustment in
                PaymentRecord.ProviderLevelAdjustment(
                    code: adjustment.code,
                    reference: adjustment.reference,
                    amount: adjustment.amount.minor
                )
            },
            content: payment.content
        )
    }
}
