import Postgres
import Values

/// Reads the figures a run is judged by.
enum RunCheckStore {
    /// Claims of the run with a service that another living claim has too. Named at most 50 times.
    static func duplicates(_ run: BillingRunID) -> Statement {
        """
        select distinct claim.id
        from {location}.claim
        join {location}.claim_line on claim_line.claim_id = claim.id
        join {location}.charge on charge.id = claim_line.charge_id
        where claim.billing_run_id = \(run) and claim.state = 'ready' and exists (
            select from {location}.charge other
            join {location}.claim_line other_line on other_line.charge_id = other.id
            join {location}.claim other_claim on other_claim.id = other_line.claim_id
            where other.patient_id = charge.patient_id and other.service_day = charge.service_day and other.code = charge.code
                and other.modifiers = charge.modifiers and other.provider_id = charge.provider_id
                and other_claim.id <> claim.id and other_claim.payer_order = claim.payer_order and other_claim.state not in ('reversed', 'closed')
        )
        order by claim.id limit 50
        """
    }

    static func wrongTotals(_ run: BillingRunID) -> Statement {
        """
        select claim.id
        from {location}.claim
        left join {location}.claim_line on claim_line.claim_id = claim.id
        left join {location}.charge on charge.id = claim_line.charge_id and charge.entered_in_error is null
        where claim.billing_run_id = \(run) and claim.state = 'ready'
        group by claim.id
        having claim.total <= 0 or claim.total <> coalesce(sum(claim_line.amount), 0) or claim.total <> coalesce(sum(charge.amount), 0)
        order by claim.id limit 50
        """
    }

    /// This run's claims and their total, and what a claim came to in the ten runs before it; NULL after fewer than three runs.
    static func amounts(_ run: BillingRunID) -> Statement {
        """
        select run.claims, run.total, (
            select case when count(*) >= 3 then (sum(earlier.total) / sum(earlier.claims))::bigint end
            from (
                select total, claims from {location}.billing_run
                where state = 'finished' and claims > 0 and (created_at, id) < (run.created_at, run.id)
                order by created_at desc, id desc limit 10
            ) earlier
        )
        from {location}.billing_run run where run.id = \(run)
        """
    }

    static func figures(_ answers: [Rows]) throws -> RunFigures {
        var figures = RunFigures(
            duplicates: try answers[0].map { try $0.value(0) },
            wrongTotals: try answers[1].map { try $0.value(0) },
            claims: 0,
            total: 0,
            usualClaim: nil
        )
        if let row = answers[2].first { (figures.claims, figures.total, figures.usualClaim) = try row.decode((Int, Int64, Int64?).self) }
        return figures
    }
}
