import Access
import Tenancy
import Values
public import Web

struct CreateResourceBody: Sendable {
    var kind = Resource.Equipment.room
    var name = ""
    var lanes = 1
    var shared = false
    var id: ResourceID?

    static let shape = Shape("CreateResource", CreateResourceBody()) {
        Field("kind", \.kind, .choice(), example: .room)
        Field("name", \.name, .text(1...100), example: "Room 1")
        Field("lanes", \.lanes, .int(1...100), optional: true, about: "How many appointments may use it at once.")
        Field("shared", \.shared, .bool, optional: true, about: "Used by several locations, each inside its allotments.")
        Field("id", \.id, .id(), about: "Of a shared resource: its id at the location that has it already.")
    }
}

struct ChangeResourceBody: Sendable {
    var name: String?
    var lanes: Int?
    var shared: Bool?
    var active: Bool?

    static let shape = Shape("ChangeResource", ChangeResourceBody()) {
        Field("name", \.name, .text(1...100), null: false)
        Field("lanes", \.lanes, .int(1...100), null: false)
        Field("shared", \.shared, .bool, null: false)
        Field("active", \.active, .bool, null: false)
    }
}

struct ResourceQuery: Sendable {
    var kind: Resource.Kind?
    var active: Bool?

    static let shape = Shape("ResourceQuery", ResourceQuery()) {
        Field("kind", \.kind, .choice())
        Field("active", \.active, .bool)
    }
}

extension Resource: Versioned {
    static let shape = Shape<Resource>("Resource") {
        Field("id", \.id, .id())
        Field("kind", \.kind, .choice())
        Field("name", \.name, .text(1...201), example: "Room 1")
        Field("lanes", \.lanes, .int(1...100))
        Field("shared", \.shared, .bool)
        Field("active", \.active, .bool)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}

struct ResourceRoutes {
    let tenancy: Tenancy

    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/resources",
                "Adds a room, a chair or a device",
                .permission(.scheduleManage),
                body: CreateResourceBody.shape,
                answer: Resource.shape,
                errors: [Resource.nameTaken, Resource.idTaken],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreateResource(body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/resources",
                "Lists resources by name, providers among them",
                .permission(.scheduleRead),
                query: ResourceQuery.shape,
                item: Resource.shape
            ) { call, query, page in
                let after = try page.after.map { (name: try $0.text(0), id: try $0.id(1, ResourceID.self)) }
                let rows = try await call.read(
                    ResourceStore.page(query, after: after, limit: page.fetch),
                    ReadAct("resource.list", "resource")
                )
                return page.page(try rows.map(ResourceStore.resource)) { [.text($0.name), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/resources/{resource}",
                "Shows a resource",
                .permission(.scheduleRead),
                answer: Resource.shape
            ) { call in
                let id = try call.path.id("resource", ResourceID.self)
                guard let row = try await call.read(ResourceStore.one(id), ReadAct("resource.read", "resource")).first else {
                    throw Problem.notFound
                }
                return try ResourceStore.resource(row)
            },
            .change(
                "/v1/locations/{location}/resources/{resource}",
                "Changes a room, a chair or a device",
                .permission(.scheduleManage),
                body: ChangeResourceBody.shape,
                answer: Resource.shape,
                errors: [Resource.nameTaken, Resource.allotted]
            ) { [tenancy] call, work, body in
                try await ChangeResource(id: try call.path.id("resource", ResourceID.self), body: body, tenancy: tenancy).run(work)
            },
        ]
    }
}
