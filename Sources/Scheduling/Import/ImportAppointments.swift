import Access
import Jobs
import Postgres
import Tenancy
import Values

/// Books the appointments of a file by the rules of booking, each row by itself: good rows are booked, the others say what is wrong. A row whose
/// reference is known adds nothing. A preview does all of it but the saving.
struct ImportAppointments {
    let file: ImportFile
    let isPreview: Bool
    let tenancy: Tenancy

    /// A row whose words were found.
    private struct Ready {
        let index: Int
        let row: ImportRow
        let want: Want
        let cast: Cast
        let span: InstantRange
    }

    static let meanwhile = Problem.conflict("imported_meanwhile", "Somebody imports the same appointments. Send the file again.")

    func run(_ work: Work) async throws -> ImportReport {
        let rows = file.rows
        let answers = try await work.query([
            ImportStore.patients(Array(Set(rows.map(\.patient)))), AppointmentTypeStore.inUse(called: Array(Set(rows.map(\.type)))),
            ResourceStore.inUse(called: Array(Set(rows.flatMap { [$0.provider] + $0.resources }))),
        ])
        let words = try ImportWords(answers)
        var lines: [ImportReport.Line] = []
        var ready: [Ready] = []
        for (index, row) in rows.enumerated() {
            lines.append(ImportReport.Line(line: row.line, outcome: .refused, code: row.fault))
            guard row.fault == nil else { continue }
            switch words.found(row, work) {
            case .failure(let fault): lines[index].code = fault.fault
            case .success(let (want, cast, span)): ready.append(Ready(index: index, row: row, want: want, cast: cast, span: span))
            }
        }
        let booked = try await settle(ready, &lines, work)
        if !isPreview { try await save(booked, work) }
        lines += file.held.map { ImportReport.Line(line: $0.line, outcome: .refused, code: .unreadable, details: [$0.code]) }
        let act = isPreview ? "appointment.import_preview" : "appointment.import"
        work.audit(
            Act(
                act,
                "appointment",
                patients: Set(booked.map(\.want.patron.id)).sorted(),
                objects: isPreview ? [] : booked.map(\.want.appointment.uuid)
            )
        )
        return ImportReport(isPreview: isPreview, lines: lines.sorted { $0.line < $1.line })
    }

    /// Under the locks: what is known already, what is taken. The rows that are left are booked.
    private func settle(_ ready: [Ready], _ lines: inout [ImportReport.Line], _ work: Work) async throws -> [Ready] {
        guard !ready.isEmpty else { return [] }
        let rules = work.location.rules
        let windows = ready.map {
            DiaryHours(around: $0.span.start, minutes: Int($0.span.end.seconds(since: $0.span.start) / 60), rules).window
        }
        let resources = Dictionary(ready.flatMap(\.cast.all).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let many = TakeMany(
            resources: resources.keys.sorted(),
            patients: Set(ready.map(\.want.patron.id)).sorted(),
            windows: windows
        )
        let (taken, timetable) = try await many.lock(work)
        var known: [ExternalReference: AppointmentID] = [:]
        for row in try await work.query(ImportStore.known(ready.map(\.row.reference))) {
            let (system, value, target) = try row.decode((String, String, AppointmentID).self)
            known[ExternalReference(system: system, value: value)] = target
        }
        var agenda = Agenda(taken, timetable, now: work.now)
        if let whole = windows.whole {
            agenda.allotments = try await AllotmentStore.read(Array(resources.values), at: work.location, in: whole, tenancy)
        }
        var booked: [Ready] = []
        for one in ready {
            if let appointment = known[one.row.reference] {
                lines[one.index] = ImportReport.Line(line: one.row.line, outcome: .known, appointment: appointment)
                continue
            }
            let obstacles = agenda.obstacles(to: one.want, at: one.span)
            guard obstacles.isEmpty else {
                lines[one.index].code = obstacles.contains(where: \.rule.isTaken) ? .taken : .notBookable
                lines[one.index].details = Set(obstacles.map(\.rule.rawValue)).sorted()
                continue
            }
            agenda.take(one.want, at: one.span)
            lines[one.index] = ImportReport.Line(
                line: one.row.line,
                outcome: .booked,
                appointment: isPreview ? nil : one.want.appointment
            )
            booked.append(one)
        }
        return booked
    }

    private func save(_ booked: [Ready], _ work: Work) async throws {
        guard !booked.isEmpty else { return }
        let actor = work.caller.actor.id
        try await TakeMany.take(booked.map { (want: $0.want, span: $0.span) }, work)
        var statements: [Statement] = []
        for one in booked {
            let appointment = Appointment(
                one.want.appointment,
                one.want.patron.id,
                one.want.type,
                one.cast,
                at: one.span,
                note: one.row.note,
                work
            )
            statements.append(AppointmentStore.insert(appointment, by: actor))
            statements.append(
                ImportStore.insert(one.row.reference, work.id(EventID.self).uuid, of: appointment.id, at: work.now, by: actor)
            )
            // What moves here from another system was agreed with its patient there.
            statements.append(NoticeStore.save(appointment.toTell, of: appointment.id, at: work.now))
            work.tell(appointment.event("appointment.booked"))
        }
        do {
            _ = try await work.query(statements)
        } catch let error as PostgresError where error.constraint == "external_reference_value" {
            throw ImportAppointments.meanwhile
        }
    }
}
