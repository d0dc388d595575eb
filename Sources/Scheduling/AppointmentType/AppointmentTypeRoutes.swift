import Access
import Values
public import Web

struct CreateAppointmentTypeBody: Sendable {
    var name = ""
    var minutes = 0
    var bufferBefore = 0
    var bufferAfter = 0
    var needs = [Resource.Kind.provider]
    var feeCode: String?

    static let shape = Shape("CreateAppointmentType", CreateAppointmentTypeBody()) {
        Field("name", \.name, .text(1...100), example: "Check-up")
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), example: 30)
        Field(
            "buffer_before",
            \.bufferBefore,
            .int(AppointmentType.bufferRange),
            optional: true,
            about: "Minutes its resources are taken before."
        )
        Field(
            "buffer_after",
            \.bufferAfter,
            .int(AppointmentType.bufferRange),
            optional: true,
            about: "Minutes its resources are taken after."
        )
        Field(
            "needs",
            \.needs,
            .list(of: .choice(), 1...8),
            optional: true,
            about: "Kinds of resources; a kind named twice is needed twice."
        )
        Field(
            "fee_code",
            \.feeCode,
            .code(1...20, "A-Z0-9"),
            example: "99213",
            about: "Charged when a visit is completed without naming procedures."
        )
    }
}

struct ChangeAppointmentTypeBody: Sendable {
    var name: String?
    var minutes: Int?
    var bufferBefore: Int?
    var bufferAfter: Int?
    var needs: [Resource.Kind]?
    var feeCode = Change<String>.keep
    var active: Bool?

    static let shape = Shape("ChangeAppointmentType", ChangeAppointmentTypeBody()) {
        Field("name", \.name, .text(1...100), null: false)
        Field("minutes", \.minutes, .int(AppointmentType.minutesRange), null: false)
        Field("buffer_before", \.bufferBefore, .int(AppointmentType.bufferRange), null: false)
        Field("buffer_after", \.bufferAfter, .int(AppointmentType.bufferRange), null: false)
        Field("needs", \.needs, .list(of: .choice(), 1...8), null: false)
        Field("fee_code", \.feeCode, .code(1...20, "A-Z0-9"))
        Field("active", \.active, .bool, null: false)
    }
}

struct AppointmentTypeQuery: Sendable {
    var active: Bool?

    static let shape = Shape("AppointmentTypeQuery", AppointmentTypeQuery()) {
        Field("active", \.active, .bool)
    }
}

extension AppointmentType: Versioned {
    static let shape = Shape<AppointmentType>("AppointmentType") {
        Field("id", \.id, .id())
        Field("name", \.name, .text(1...100), example: "Check-up")
        Field("minutes", \.minutes, .int(minutesRange))
        Field("buffer_before", \.bufferBefore, .int(bufferRange))
        Field("buffer_after", \.bufferAfter, .int(bufferRange))
        Field("needs", \.needs, .list(of: .choice(), 1...8))
        Field("fee_code", \.feeCode, .text(1...20))
        Field("active", \.active, .bool)
        Field("version", \.version, .int(1...Int.max))
        Field("created_at", \.createdAt, .instant)
        Field("updated_at", \.updatedAt, .instant)
    }
}

struct AppointmentTypeRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/appointment-types",
                "Adds an appointment type",
                .permission(.scheduleManage),
                body: CreateAppointmentTypeBody.shape,
                answer: AppointmentType.shape,
                errors: [AppointmentType.nameTaken],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreateAppointmentType(body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/appointment-types",
                "Lists appointment types by name",
                .permission(.scheduleRead),
                query: AppointmentTypeQuery.shape,
                item: AppointmentType.shape
            ) { call, query, page in
                let after = try page.after.map { (name: try $0.text(0), id: try $0.id(1, AppointmentTypeID.self)) }
                let select = AppointmentTypeStore.page(active: query.active, after: after, limit: page.fetch)
                let rows = try await call.read(select, ReadAct("appointment_type.list", "appointment_type"))
                return page.page(try rows.map(AppointmentTypeStore.type)) { [.text($0.name), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/appointment-types/{type}",
                "Shows an appointment type",
                .permission(.scheduleRead),
                answer: AppointmentType.shape
            ) { call in
                let id = try call.path.id("type", AppointmentTypeID.self)
                let rows = try await call.read(AppointmentTypeStore.one(id), ReadAct("appointment_type.read", "appointment_type"))
                guard let row = rows.first else { throw Problem.notFound }
                return try AppointmentTypeStore.type(row)
            },
            .change(
                "/v1/locations/{location}/appointment-types/{type}",
                "Changes an appointment type",
                .permission(.scheduleManage),
                body: ChangeAppointmentTypeBody.shape,
                answer: AppointmentType.shape,
                errors: [AppointmentType.nameTaken]
            ) { call, work, body in
                try await ChangeAppointmentType(id: try call.path.id("type", AppointmentTypeID.self), body: body).run(work)
            },
        ]
    }
}
