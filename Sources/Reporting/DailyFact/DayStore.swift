import Postgres
import Values

/// What Reporting reads of a location: the figures of a day, and the rows behind each. It writes nothing there.
enum DayStore {
    /// All figures in one statement, and so from one snapshot.
    static func figures(of day: Day, _ span: InstantRange) -> Statement {
        "select " + count(.visits, day, span) + ", " + count(.noShows, day, span) + ", " + count(.booked, day, span) + ", " + sum(.charges)
            + ", " + sum(.payments) + ", " + sum(.adjustments) + ", " + sum(.receivables)
                + """
                 from (select 1) as one left join (
                    select line.debit, line.credit, line.amount from {location}.ledger_entry entry join {location}.ledger_line line on line.entry_id = entry.id
                    where entry.day = \(day)) as line on true
                """
    }

    /// The rows behind one figure, in the order of (id, ordinal). Their amounts add up to it.
    static func rows(of figure: Figure, on day: Day, _ span: InstantRange, after: (id: UUID, ordinal: Int)?, limit: Int) -> Statement {
        var select = "select * from (" + (counted(figure, day, span) ?? moved(figure, day)) + ") as part where true"
        if let after { select += " and (part.id, part.ordinal) > (\(after.id), \(after.ordinal))" }
        return select + " order by part.id, part.ordinal limit \(limit)"
    }

    static func figures(_ row: Row) throws -> DayFigures {
        let (visits, noShows, booked, charges, payments, adjustments, receivables) = try row.decode(
            (Int, Int, Int, Int, Int, Int, Int).self
        )
        return DayFigures(
            visits: visits,
            noShows: noShows,
            booked: booked,
            charges: Int64(charges),
            payments: Int64(payments),
            adjustments: Int64(adjustments),
            receivables: Int64(receivables)
        )
    }

    private static func count(_ figure: Figure, _ day: Day, _ span: InstantRange) -> Statement {
        guard let rows = counted(figure, day, span) else { return "0" }
        return "(select count(*) from (" + rows + ") as counted)"
    }

    private static func sum(_ figure: Figure) -> Statement { "coalesce(sum(" + figure.effect(figure.accounts ?? []) + "), 0)::int8" }

    private static func counted(_ figure: Figure, _ day: Day, _ span: InstantRange) -> Statement? {
        let appointments: Statement = """
            select id, 'appointment' as kind, 0::int8 as ordinal, patient_id, null::text as debit, null::text as credit, 1::int8 as amount
            from {location}.appointment where starts_at >= \(span.start) and starts_at < \(span.end) and
            """
        return switch figure {
        case .visits:
            """
            select id, 'encounter' as kind, 0::int8 as ordinal, patient_id, null::text as debit, null::text as credit, 1::int8 as amount
            from {location}.encounter where service_day = \(day) and entered_in_error is null
            """
        case .noShows: appointments + " status = 'no_show'"
        case .booked: appointments + " status <> 'cancelled'"
        case .charges, .payments, .adjustments, .receivables: nil
        }
    }

    private static func moved(_ figure: Figure, _ day: Day) -> Statement {
        let effect = figure.effect(figure.accounts ?? [])
        return """
            select entry.id, 'ledger_entry' as kind, line.ordinal::int8, line.patient_id, line.debit, line.credit,
            """ + " " + effect + """
                 as amount
                from {location}.ledger_entry entry join {location}.ledger_line line on line.entry_id = entry.id where entry.day = \(day) and
                """ + " " + effect + " <> 0"
    }
}
