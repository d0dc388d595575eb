import Access
import Jobs
import Tenancy
import Values
import Web

struct ImportRoutes {
    let tenancy: Tenancy

    private static let errors = [
        ImportFile.tooManyRows, ImportFile.unreadable, ImportTable.columnsWrong, OccupancyStore.tooMuch, SlotTaken.problem,
        Slot.resourceGone,
        ImportAppointments.meanwhile, AllotmentStore.tooMany, TimetableStore.tooMuch,
    ]

    var routes: [Route] { tables + calendars + [export] }

    private var tables: [Route] {
        [
            .upload(
                "/v1/locations/{location}/appointment-import-previews",
                "Says what an import of appointments from CSV would do with each row; nothing is saved",
                .permission(.scheduleManage),
                media: ["text/csv"],
                bytes: ImportFile.bytes,
                answer: ImportReport.shape,
                errors: ImportRoutes.errors,
                status: 200
            ) { [tenancy] _, work, bytes in
                let file = try ImportTable.read(bytes, work.location.rules)
                return try await ImportAppointments(file: file, isPreview: true, tenancy: tenancy).run(work)
            },
            .upload(
                "/v1/locations/{location}/appointment-imports",
                "Books the appointments of a CSV file; what came with an earlier import is not added again",
                .permission(.scheduleManage),
                media: ["text/csv"],
                bytes: ImportFile.bytes,
                answer: ImportReport.shape,
                errors: ImportRoutes.errors,
                status: 200
            ) { [tenancy] _, work, bytes in
                let file = try ImportTable.read(bytes, work.location.rules)
                return try await ImportAppointments(file: file, isPreview: false, tenancy: tenancy).run(work)
            },
        ]
    }

    private var calendars: [Route] {
        [
            .upload(
                "/v1/locations/{location}/providers/{provider}/appointment-import-previews",
                "Says what an import of a provider's iCalendar would do with each event; nothing is saved",
                .permission(.scheduleManage),
                media: ["text/calendar"],
                bytes: ImportFile.bytes,
                answer: ImportReport.shape,
                errors: ImportRoutes.errors,
                status: 200
            ) { [tenancy] call, work, bytes in
                try await calendar(call, work, bytes, isPreview: true, tenancy)
            },
            .upload(
                "/v1/locations/{location}/providers/{provider}/appointment-imports",
                "Books the events of a provider's iCalendar whose summary says chart number: type",
                .permission(.scheduleManage),
                media: ["text/calendar"],
                bytes: ImportFile.bytes,
                answer: ImportReport.shape,
                errors: ImportRoutes.errors,
                status: 200
            ) { [tenancy] call, work, bytes in
                try await calendar(call, work, bytes, isPreview: false, tenancy)
            },
        ]
    }

    private var export: Route {
        .file(
            "/v1/locations/{location}/appointment-exports",
            "The appointments of some days as CSV, in the columns that an import reads",
            .permission(.scheduleManage),
            query: ExportQuery.shape,
            media: "text/csv",
            errors: [ExportQuery.tooWide, ExportAppointments.tooMany]
        ) { call, query in
            guard call.may(.appointmentsRead) else { throw Permission.appointmentsRead.denied }
            return try await ExportAppointments(query: query, call: call).run()
        }
    }
}

private func calendar(_ call: Call, _ work: Work, _ bytes: [UInt8], isPreview: Bool, _ tenancy: Tenancy) async throws -> ImportReport {
    let provider = try call.path.id("provider", ProviderID.self)
    guard try await work.query(ProviderStore.one(provider)).first != nil else { throw Problem.notFound }
    let file = try ImportCalendar.read(bytes, of: provider, work.location.rules)
    return try await ImportAppointments(file: file, isPreview: isPreview, tenancy: tenancy).run(work)
}
