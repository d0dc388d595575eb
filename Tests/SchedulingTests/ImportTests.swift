import Assembly
import TestSupport
import Testing
import Values

@testable import Scheduling

@Suite("Import of appointments")
struct ImportTests {
    private func send(_ practice: Practice, _ path: String, _ text: String, _ media: String = "text/csv") async throws -> TestAnswer {
        try await practice.clinic.http.send(
            "POST",
            practice.clinic.path(practice.clinic.north, path),
            token: try await practice.clinic.token("location_manager"),
            bytes: Array(text.utf8),
            headers: ["Content-Type": media]
        )
    }

    private func chart(_ practice: Practice, _ patient: String) async throws -> String {
        let answer = try await practice.clinic.send("front_desk", "GET", practice.clinic.path(practice.clinic.north, "patients/\(patient)"))
        return try #require(answer.json["chart_number"]?.text)
    }

    @Test("good rows are booked and each other row says what is wrong; a second import of the same file adds nothing")
    func table() async throws {
        let practice = try await Serial.shared.value
        let patient = try await practice.newPatient("Imported")
        let chart = try await chart(practice, patient)
        let provider = try await practice.newProvider("Imports")
        let day = Practice.day(600)
        let spring = try practice.oddDay(from: day, "02:30") { if case .skipped = $0 { true } else { false } }
        let file = """
            system,external_id,patient,type,provider,resources,day,time,minutes,note
            old,1,\(chart),Check-up,Dr Imports,Room 1,\(day),09:00,30,"First, of all"
            old,2,\(patient),Check-up,\(provider),,\(day),09:15,,
            old,3,\(chart),Check-up,Dr Imports,,\(day),10:00,45,
            old,3,\(chart),Check-up,Dr Imports,,\(day),12:00,45,
            old,4,nobody,Check-up,Dr Imports,,\(day),11:00,,
            old,5,\(chart),Massage,Dr Imports,,\(day),11:00,,
            old,6,\(chart),Check-up,Dr Nobody,,\(day),11:00,,
            old,7,\(chart),Check-up,Dr Imports,Sauna,\(day),11:00,,
            old,8,\(chart),Check-up,Dr Imports,,\(spring),02:30,,
            old,9,\(chart),Check-up,Dr Imports,,2020-01-01,11:00,,
            old,,\(chart),Check-up,Dr Imports,,\(day),11:00,,
            old,11,\(chart),Check-up,Dr Imports,,\(day),soon,,
            old,12,\(chart),Check-up
            """
        let codes = [
            "2:nil", "3:taken", "4:nil", "5:reference_repeated", "6:patient_unknown", "7:type_unknown", "8:provider_unknown",
            "9:resource_unknown", "10:time_skipped", "11:past", "12:reference_missing", "13:time_invalid", "14:unreadable",
        ]
        func found(_ answer: TestAnswer) -> [String] {
            answer.json["lines"]?.items.map { "\($0["line"]?.integer ?? 0):\($0["code"]?.text ?? "nil")" } ?? []
        }
        let dry = try await send(practice, "appointment-import-previews", file)
        #expect(dry.status == 200 && dry.json["booked"]?.integer == 2, "\(dry.text)")
        #expect(found(dry) == codes)
        #expect(try await practice.explain(day, "09:00", [("provider_id", .string(provider))]).json["bookable"] == .bool(true))
        let applied = try await send(practice, "appointment-imports", file)
        #expect(applied.json["booked"]?.integer == 2 && found(applied) == codes, "\(applied.text)")
        let first = try #require(applied.json["lines"]?.items.first?["appointment_id"]?.text)
        let shown = try await practice.clinic.send("front_desk", "GET", "\(practice.path)/\(first)")
        #expect(shown.json["time"]?.text == "09:00" && shown.json["note"]?.text == "First, of all")
        #expect(shown.json["resources"]?.items.first?["name"]?.text == "Room 1")
        let again = try await send(practice, "appointment-imports", file)
        #expect(again.json["booked"]?.integer == 0 && again.json["known"]?.integer == 2, "\(again.text)")
        #expect(again.json["lines"]?.items.first?["appointment_id"]?.text == first)

        let export = try await practice.clinic.send(
            "location_manager",
            "GET",
            practice.clinic.path(practice.clinic.north, "appointment-exports?from_day=\(day)&through_day=\(day)")
        )
        #expect(
            export.status == 200 && export.text.contains("polyclinic,\(first),\(chart),Check-up,Dr Imports,Room 1,,,"),
            "\(export.text)"
        )
        #expect(export.text.contains("\"First, of all\",booked\r\n"))
    }

    @Test("a provider's iCalendar is booked with its series day by day, once")
    func calendar() async throws {
        let practice = try await Serial.shared.value
        let chart = try await chart(practice, try await practice.newPatient("Calendared"))
        let provider = try await practice.newProvider("Calendared")
        let day = Practice.day(650).compact
        let file = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:one", "DTSTART:\(day)T090000", "DTEND:\(day)T093000",
            "SUMMARY:\(chart): Check-up", "END:VEVENT", "BEGIN:VEVENT", "UID:many", "DTSTART:\(day)T140000", "DURATION:PT1H",
            "RRULE:FREQ=DAILY;COUNT=4", "SUMMARY:\(chart): Check-up", "END:VEVENT", "BEGIN:VEVENT", "UID:lunch", "DTSTART:\(day)T120000",
            "DURATION:PT1H", "SUMMARY:Lunch", "END:VEVENT", "BEGIN:VEVENT", "UID:ever", "DTSTART:\(day)T150000", "DURATION:PT1H",
            "RRULE:FREQ=DAILY", "SUMMARY:\(chart): Check-up", "END:VEVENT", "END:VCALENDAR",
        ].joined(separator: "\r\n")
        let path = "providers/\(provider)/appointment-imports"
        let applied = try await send(practice, path, file, "text/calendar")
        #expect(applied.status == 200 && applied.json["booked"]?.integer == 5, "\(applied.text)")
        #expect(applied.json["lines"]?.items.compactMap { $0["code"]?.text } == ["summary_unreadable", "rule_refused"])
        let again = try await send(practice, path, file, "text/calendar")
        #expect(again.json["booked"]?.integer == 0 && again.json["known"]?.integer == 5, "\(again.text)")
        #expect(try await send(practice, path, "no calendar", "text/calendar").code == "file_unreadable")
        #expect(try await send(practice, "appointment-imports", "a,b\r\n1,2").code == "columns_wrong")
    }

    @Test("what a spreadsheet would take for a formula is text in an export")
    func formulas() {
        #expect(ExportAppointments.field("=1+1") == "'=1+1")
        #expect(ExportAppointments.field("a \"b\", c") == "\"a \"\"b\"\", c\"")
        #expect(ExportAppointments.field("plain") == "plain")
    }
}
