import Assembly
import Tenancy
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

    @Test("what was exported is read back: known where it is, booked at another location as it was, without what is cancelled")
    func exported() async throws {
        // Its own: the file has whatever anybody booked that day.
        let practice = try await Practice(TestClinic.open())
        let clinic = practice.clinic
        let patient = try await practice.newPatient("Exported")
        let chart = try await chart(practice, patient)
        let provider = try await practice.newProvider("Exports")
        let day = Practice.day(1140)
        let theirs: [(key: String, value: JSON)] = [("provider_id", .string(provider)), ("patient_id", .string(patient))]
        let note = "=1+1, \"quoted\"\nand on"
        let first = try await practice.booked(
            day,
            "09:00",
            theirs + [("resource_ids", [.string(practice.room)]), ("minutes", 45), ("note", .string(note))]
        )
        _ = try await practice.booked(day, "11:00", theirs)
        let cancelled = try await practice.booked(day, "13:00", theirs)
        #expect(try await practice.step(cancelled.id, "cancellation", ["reason_code": "patient_ill"]).status == 200)
        func export(_ location: Location) async throws -> String {
            let path = clinic.path(location, "appointment-exports?from_day=\(day)&through_day=\(day)")
            return try await clinic.send("location_manager", "GET", path).text
        }
        func apply(_ text: String, _ location: Location) async throws -> TestAnswer {
            try await clinic.http.send(
                "POST",
                clinic.path(location, "appointment-imports"),
                token: try await clinic.token("location_manager"),
                bytes: Array(text.utf8),
                headers: ["Content-Type": "text/csv"]
            )
        }
        func codes(_ answer: TestAnswer) -> [String?] { answer.json["lines"]?.items.map { $0["code"]?.text } ?? [] }
        let file = try await export(clinic.north)
        // Moved meanwhile: the old file must not book it a second time.
        let moved = try await clinic.send(
            "front_desk",
            "PATCH",
            "\(practice.path)/\(first.id)",
            body: ["day": .string(day.description), "time": "15:00"],
            headers: ["If-Match": first.etag]
        )
        #expect(moved.status == 200, "\(moved.text)")
        let here = try await apply(file, clinic.north)
        #expect(here.json["known"]?.integer == 2 && here.json["booked"]?.integer == 0, "\(here.text)")
        #expect(codes(here) == [nil, nil, "status_not_booked"], "\(here.text)")

        func make(_ rest: String, _ body: JSON) async throws {
            let answer = try await clinic.send("owner", "POST", clinic.path(clinic.south, rest), body: body)
            #expect(answer.status == 201, "\(rest): \(answer.text)")
        }
        let person: JSON = ["given_name": "Exported", "family_name": "Serial", "birth_date": "1980-01-01"]
        try await make("patients", ["person": person, "chart_number": .string(chart)])
        try await make("providers", ["given_name": "Dr", "family_name": "Exports"])
        try await make("resources", ["kind": "room", "name": "Room 1"])
        try await make("appointment-types", ["name": "Check-up", "minutes": 30])
        let there = try await apply(file, clinic.south)
        #expect(there.json["booked"]?.integer == 2 && codes(there) == [nil, nil, "status_not_booked"], "\(there.text)")
        let id = try #require(there.json["lines"]?.items.first?["appointment_id"]?.text)
        let shown = try await clinic.send("front_desk", "GET", clinic.path(clinic.south, "appointments/\(id)")).json
        #expect(shown["starts_at"] == first.json["starts_at"] && shown["ends_at"] == first.json["ends_at"], "\(shown)")
        #expect(shown["note"]?.text == note && shown["resources"]?.items.first?["name"]?.text == "Room 1", "\(shown)")
        // The same rows again, but for whose ids they are.
        func rows(_ text: String) -> [String] {
            text.split(separator: "\r\n").filter { !$0.contains(",cancelled") }.map { line in
                String(line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false).last ?? "")
            }
        }
        #expect(try await rows(export(clinic.south)) == rows(file))
        await clinic.close()
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
