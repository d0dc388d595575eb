import Access
import Postgres
import Tenancy
import Values
import Web

struct ExportQuery: Sendable {
    var from = Day.blank
    var through = Day.blank

    static let shape = Shape("AppointmentExportQuery", ExportQuery()) {
        Field("from_day", \.from, .day)
        Field("through_day", \.through, .day, about: "At most 92 days.")
    }

    static let tooWide = Problem.invalid("too_wide", "Ask for at most 92 days, the first before the last.")
}

/// Appointments of some days as CSV, with the columns an import reads. The audit's line names every appointment in it.
struct ExportAppointments {
    let query: ExportQuery
    let call: Call

    private static let limit = 20_000
    static let tooMany = Problem.invalid("too_many_rows", "More appointments are in these days than one file holds. Ask for fewer days.")

    /// Whose ids these appointments have.
    static let system = "polyclinic"
    private static let header = "system,external_id,patient,type,provider,resources,day,time,starts_at,minutes,note,status"

    func run() async throws -> Attachment {
        let days = Int(query.through.daysSinceEpoch) - Int(query.from.daysSinceEpoch)
        guard (0...91).contains(days) else { throw ExportQuery.tooWide }
        let location = try call.location
        let rules = location.rules
        guard let span = InstantRange(rules.start(of: query.from), rules.start(of: query.through.adding(days: 1))) else {
            throw ExportQuery.tooWide
        }
        let rows = try await call.read(
            AppointmentStore.export(span, limit: ExportAppointments.limit),
            ReadAct("appointment.export", "appointment", patients: .column)
        )
        guard rows.count < ExportAppointments.limit else { throw ExportAppointments.tooMany }
        var text = ExportAppointments.header + "\r\n"
        for row in rows { text += try ExportAppointments.line(row) + "\r\n" }
        return Attachment(Array(text.utf8), media: "text/csv", name: "appointments-\(query.from)-\(query.through).csv")
    }

    private static func line(_ row: Row) throws -> String {
        let id: AppointmentID = try row.value(0)
        let starts: Instant = try row.value(5)
        let ends: Instant = try row.value(6)
        let minutes = ends.seconds(since: starts) / 60
        let resources = try row.value(9, as: [String]?.self) ?? []
        // The moment says when it is, also in the hour that happens twice: day and time stay empty.
        return [
            system, id.description, try row.value(2), try row.value(3), try row.value(4), resources.joined(separator: "|"), "", "",
            starts.description, String(minutes), try row.value(7, as: String?.self) ?? "", try row.value(8, as: String.self),
        ].map(field).joined(separator: ",")
    }

    /// Quoted where it must be; what a spreadsheet would take for a formula is text.
    static func field(_ text: String) -> String {
        let text = isFormula(text) ? "'" + text : text
        guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// The text of a field that was kept from being a formula.
    static func unguarded(_ text: String) -> String { text.hasPrefix("'") && isFormula(text.dropFirst()) ? String(text.dropFirst()) : text }

    private static func isFormula(_ text: some StringProtocol) -> Bool { text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false }
}
