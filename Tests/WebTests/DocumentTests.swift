import Foundation
import TestSupport
import Testing
import Values

@testable import Web

@Suite("OpenAPI document")
struct DocumentTests {
    private let document = OpenAPI(routes: SampleAPI.routes, server: nil).document()

    @Test("the document is valid OpenAPI 3.1")
    func valid() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "polyclinic-openapi-\(Foundation.UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(document.bytes).write(to: file)
        let validator = Process()
        validator.executableURL = URL(filePath: "/usr/bin/env")
        validator.arguments = ["python3", "-m", "openapi_spec_validator", file.path()]
        let output = Pipe()
        validator.standardOutput = output
        validator.standardError = output
        try validator.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        validator.waitUntilExit()
        #expect(validator.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
    }

    @Test("every operation says who may, what it takes and how it refuses", .shows("AZ-1"))
    func operations() {
        let create = document["paths"]?["/v1/locations/{location}/patients"]?["post"]
        #expect(create?["operationId"]?.text == "create_location_patients")
        #expect(create?["x-permission"]?.text == "patients.register")
        guard case .object(let responses)? = create?["responses"] else { return #expect(Bool(false)) }
        #expect(responses.map(\.key) == ["201", "400", "401", "403", "404", "409", "413", "415", "422", "429", "503"])
        let change = document["paths"]?["/v1/locations/{location}/patients/{patient}"]?["patch"]
        guard case .object(let changes)? = change?["responses"] else { return #expect(Bool(false)) }
        #expect(changes.contains { $0.key == "412" } && changes.contains { $0.key == "428" })
        guard case .array(let parameters)? = create?["parameters"] else { return #expect(Bool(false)) }
        #expect(parameters.compactMap { $0["name"]?.text } == ["location", "Idempotency-Key"])
        #expect(create?["responses"]?["201"]?["links"]?["get_location_patient"] != nil)
    }

    @Test("schemas refuse what the reader refuses", .shows("AZ-4"))
    func schemas() {
        let visit = document["components"]?["schemas"]?["Visit"]
        #expect(visit?["additionalProperties"] == .bool(false))
        #expect(visit?["required"] == .array(["id", "name", "at", "count"].map(JSON.string)))
        #expect(visit?["properties"]?["small"]?["type"] == .array([.string("integer"), .string("null")]))
        #expect(visit?["properties"]?["email"]?["type"] == .string("string"))
        #expect(document["components"]?["schemas"]?["Line"]?["properties"]?["amount"]?["maximum"]?.integer == 1_000_000)
    }

    @Test("patterns accept what the kinds accept, and nothing else")
    func patterns() throws {
        var random = Seeded(seed: 21)
        let alphabet = Array(
            "aA1@.-_ +\t\n\u{0}\u{7f}\u{85}\u{a0}\u{ad}\u{2028}\u{200b}\u{202e}\u{2069}\u{feff}\u{ffff}é😀/:TZ".unicodeScalars
        ).map { String($0) }
        let kinds: [(Kind<String>, String)] = [
            (.text(1...8), "text"), (.text(0...8), "empty text"), (.note(1...8), "note"), (.code(1...8, "A-Z0-9._-"), "code"),
        ]
        for (kind, name) in kinds {
            let source = try #require(kind.schema["pattern"]?.text)
            let pattern = try NSRegularExpression(pattern: source)
            for _ in 0..<2000 {
                let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "" }.joined()
                let whole = NSRange(text.startIndex..., in: text)
                let length = text.unicodeScalars.count
                let minimum = kind.schema["minLength"]?.integer ?? 0
                // ICU's $ also stands before a last line feed, JSON Schema's does not.
                let isMatch = pattern.firstMatch(in: text, range: whole)?.range == whole && length >= minimum && length <= 8
                var reading = Reading()
                #expect((kind.read(.string(text), &reading) != nil) == isMatch, "\(name): \(text.debugDescription)")
            }
        }
    }

    @Test("faults of declarations are found when the server is made")
    func faults() {
        let twice = Route.get("/v1/kept", "Again", .everybody, answer: SampleAPI.Kept.shape) { _ in SampleAPI.Kept() }
        let other = Shape<SampleAPI.Wait>("Kept") { Field("milliseconds", \.milliseconds, .int(0...1)) }
        let unreadable = Route.act("/v1/odd", "Odd", .everybody, body: other, answer: other) { _, wait in wait }
        #expect { try DeclarationFault.check(SampleAPI.routes + [twice, unreadable]) } throws: { error in
            let faults = (error as? DeclarationFault)?.faults ?? []
            return faults.contains { $0.contains("declared twice") } && faults.contains { $0.contains("cannot be read") }
                && faults.contains { $0.contains("another schema is named Kept") }
        }
        #expect(throws: Never.self) { try DeclarationFault.check(SampleAPI.routes) }
    }

    @Test("the page lists every route, without script or style")
    func page() {
        let page = DocsPage(routes: SampleAPI.routes).html()
        for route in SampleAPI.routes { #expect(page.contains("\(route.method.rawValue) \(route.path)")) }
        #expect(!page.contains("<script") && !page.contains("style="))
    }
}
