import Access
import Values
import Web

struct CreatePayerBody: Sendable {
    var name = ""
    var code = ""
    var filingIndicator = Payer.FilingIndicator.commercial
    var street: String?
    var city: String?
    var region: String?
    var postalCode: String?

    static let shape = Shape("CreatePayer", CreatePayerBody()) {
        Field("name", \.name, .text(1...60), example: "Sunrise Health Plan")
        Field("code", \.code, .code(2...30, "A-Z0-9-"), example: "SUN01", about: "The payer's id in your clearinghouse's list.")
        Field(
            "filing_indicator",
            \.filingIndicator,
            .choice(),
            example: .commercial,
            optional: true,
            about: "SBR09 of the claim: the kind of plan."
        )
        Field("street", \.street, .text(1...55))
        Field("city", \.city, .text(2...30))
        Field("region", \.region, .code(2...2, "A-Z"))
        Field("postal_code", \.postalCode, .code(5...10, "0-9-"))
    }
}

struct ChangePayerBody: Sendable {
    var name: String?
    var filingIndicator: Payer.FilingIndicator?
    var street = Change<String>.keep
    var city = Change<String>.keep
    var region = Change<String>.keep
    var postalCode = Change<String>.keep
    var active: Bool?

    static let shape = Shape("ChangePayer", ChangePayerBody()) {
        Field("name", \.name, .text(1...60), null: false)
        Field("filing_indicator", \.filingIndicator, .choice(), null: false)
        Field("street", \.street, .text(1...55))
        Field("city", \.city, .text(2...30))
        Field("region", \.region, .code(2...2, "A-Z"))
        Field("postal_code", \.postalCode, .code(5...10, "0-9-"))
        Field("active", \.active, .bool, null: false)
    }
}

struct PayerQuery: Sendable {
    var active: Bool?

    static let shape = Shape("PayerQuery", PayerQuery()) {
        Field("active", \.active, .bool)
    }
}

extension Payer: Versioned {
    static let shape = Shape<Payer>("Payer") {
        Field("id", \.id, .id())
        Field("name", \.name, .text(1...60))
        Field("code", \.code, .code(2...30, "A-Z0-9-"))
        Field("filing_indicator", \.filingIndicator, .choice())
        Field("street", \.street, .text(1...55))
        Field("city", \.city, .text(2...30))
        Field("region", \.region, .code(2...2, "A-Z"))
        Field("postal_code", \.postalCode, .code(5...10, "0-9-"))
        Field("active", \.active, .bool)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}

struct PayerRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/payers",
                "Adds a payer",
                .permission(.payersManage),
                body: CreatePayerBody.shape,
                answer: Payer.shape,
                errors: [Payer.codeTaken],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreatePayer(body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/payers",
                "Lists payers by name",
                .permission(.payersRead),
                query: PayerQuery.shape,
                item: Payer.shape
            ) { call, query, page in
                let after = try page.after.map { (name: try $0.text(0), id: try $0.id(1, PayerID.self)) }
                let select = PayerStore.page(active: query.active, after: after, limit: page.fetch)
                let payers = try await call.read(select, ReadAct("payer.list", "payer")).map(PayerStore.payer)
                return page.page(payers) { [.text($0.name), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/payers/{payer}",
                "Shows one payer",
                .permission(.payersRead),
                answer: Payer.shape
            ) { call in
                let id = try call.path.id("payer", PayerID.self)
                guard let row = try await call.read(PayerStore.one(id), ReadAct("payer.read", "payer")).first else {
                    throw Problem.notFound
                }
                return try PayerStore.payer(row)
            },
            .change(
                "/v1/locations/{location}/payers/{payer}",
                "Changes a payer",
                .permission(.payersManage),
                body: ChangePayerBody.shape,
                answer: Payer.shape
            ) { call, work, body in
                try await ChangePayer(id: try call.path.id("payer", PayerID.self), body: body).run(work)
            },
        ]
    }
}
