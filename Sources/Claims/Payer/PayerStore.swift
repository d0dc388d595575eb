import Postgres
import Values

/// All SQL on `payer`.
enum PayerStore {
    private static let all: Statement = """
        select id, name, code, filing_indicator, street, city, region, postal_code, active, version, created_at, updated_at from {location}.payer
        """

    static func one(_ id: PayerID) -> Statement { all + " where id = \(id)" }

    static func locked(_ id: PayerID) -> Statement { all + " where id = \(id) for update" }

    static func page(active: Bool?, after: (name: String, id: PayerID)?, limit: Int) -> Statement {
        var select = all + " where true"
        if let active { select += " and active = \(active)" }
        if let after { select += " and (name, id) > (\(after.name), \(after.id))" }
        return select + " order by name, id limit \(limit)"
    }

    static func insert(_ payer: Payer, by actor: UUID) -> Statement {
        """
        insert into {location}.payer (id, name, code, filing_indicator, street, city, region, postal_code, active,
            created_at, created_by, updated_at, updated_by)
        values (\(payer.id), \(payer.name), \(payer.code), \(payer.filingIndicator), \(payer.street), \(payer.city), \(payer.region),
            \(payer.postalCode), \(payer.active), \(payer.createdAt), \(actor), \(payer.createdAt), \(actor))
        """
    }

    static func update(_ payer: Payer, by actor: UUID) -> Statement {
        """
        update {location}.payer set name = \(payer.name), filing_indicator = \(payer.filingIndicator), street = \(payer.street), city = \(payer.city),
            region = \(payer.region), postal_code = \(payer.postalCode), active = \(payer.active), version = \(payer.version),
            updated_at = \(payer.updatedAt), updated_by = \(actor)
        where id = \(payer.id)
        """
    }

    static func payer(_ row: Row) throws -> Payer {
        var columns = Columns(row)
        return Payer(
            id: try columns.next(),
            name: try columns.next(),
            code: try columns.next(),
            filingIndicator: try columns.next(),
            street: try columns.next(),
            city: try columns.next(),
            region: try columns.next(),
            postalCode: try columns.next(),
            active: try columns.next(),
            version: try columns.next(),
            createdAt: try columns.next(),
            updatedAt: try columns.next()
        )
    }
}

extension Payer.FilingIndicator: Bindable, Readable {}
