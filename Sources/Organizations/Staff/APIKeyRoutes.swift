public import Access
import Jobs
import Postgres
import Values
public import Web

extension APIKey: Versioned {
    static let shape = Shape<APIKey>("APIKey") {
        Field("id", \.id, .id())
        Field("name", \.name, .text(1...100), example: "Recall export")
        Field("scopes", \.sortedScopes, .list(of: .choice(), 1...100))
        Field("location_ids", \.sortedLocations, .list(of: .id(), 1...200), about: "null: the whole organization.")
        Field("expires_at", \.expiresAt, .instant)
        Field("revoked_at", \.revokedAt, .instant)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }

    private var sortedScopes: [Permission] { scopes.sorted() }
    private var sortedLocations: [LocationID]? { locations?.sorted() }
}

extension NewKey {
    static let shape = Shape<NewKey>("NewAPIKey") {
        Field("key", \.key, .object(APIKey.shape))
        Field(
            "token",
            \.token,
            .text(1...200),
            about: "Shown this once. A repetition of the same request under its Idempotency-Key shows it again."
        )
    }
}

struct CreateKeyBody: Sendable {
    var name = ""
    var scopes: [Permission] = []
    var locations: [LocationID]?
    var expiresAt = Instant.blank

    static let shape = Shape("CreateAPIKey", CreateKeyBody()) {
        Field("name", \.name, .text(1...100), example: "Recall export")
        Field("scopes", \.scopes, .list(of: .choice(), 1...100, unique: true), example: [.patientsRead])
        Field("location_ids", \.locations, .list(of: .id(), 1...200, unique: true), about: "null or absent: the whole organization.")
        Field("expires_at", \.expiresAt, .instant, about: "At most a year from now.")
    }
}

struct APIKeyRoutes {
    var routes: [Route] {
        [
            .list(
                "/v1/organizations/{organization}/api-keys",
                "Lists the API keys, without their tokens",
                .permission(.keysManage),
                item: APIKey.shape
            ) { call, page in
                let select = APIKey.page(after: try page.after?.id(0, APIKeyID.self), limit: page.fetch)
                let keys = try await call.read(select, ReadAct("key.list", "api_key")).map(APIKey.init)
                return page.page(keys) { [.id($0.id)] }
            },
            .get(
                "/v1/organizations/{organization}/api-keys/{key}",
                "Shows one API key, without its token",
                .permission(.keysManage),
                answer: APIKey.shape
            ) { call in
                let select = APIKey.one(try call.path.id("key", APIKeyID.self))
                guard let row = try await call.read(select, ReadAct("key.read", "api_key")).first else { throw Problem.notFound }
                return try APIKey(row)
            },
            .createInOrganization(
                "/v1/organizations/{organization}/api-keys",
                "Makes an API key",
                .permission(.keysManage),
                body: CreateKeyBody.shape,
                answer: NewKey.shape,
                errors: [StaffRoutes.grantsMore],
                place: { $0.key.id.description }
            ) { _, work, body in
                try await work.staffing.createKey(
                    name: body.name,
                    scopes: Set(body.scopes),
                    locations: body.locations.map { Set($0) },
                    expiresAt: body.expiresAt
                )
            }.afterStepUp(),
            .removeInOrganization(
                "/v1/organizations/{organization}/api-keys/{key}",
                "Revokes an API key, within a second",
                .permission(.keysManage),
                version: .optional
            ) { call, work in
                try await work.staffing.revokeKey(try call.path.id("key", APIKeyID.self))
            },
        ]
    }
}
