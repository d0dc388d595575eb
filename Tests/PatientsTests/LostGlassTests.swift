import Tenancy
import TestSupport
import Testing
import Values

@Suite("Glass whose right is gone")
struct LostGlassTests {
    @Test("a suspension ends it, and the resumption does not open it again", .shows("AZ-11", "AU-8"))
    func suspended() async throws {
        var story = try await Emergency()
        let id = try await story.breakGlass().id
        #expect(try await story.seesAda())
        try await story.act("suspension")
        #expect(try await !story.seesAda(), "here at once: the session is over")
        try await story.act("resumption")
        #expect(try await !story.seesAda())
        story.clock.advance(seconds: 31)
        try await story.signInAgain()
        #expect(try await !story.seesAda(), "it was open for an hour")
        let reviews = try await story.reviews()
        let ended = try #require(reviews.first { $0["id"]?.text == id })
        #expect(ended["ended_at"]?.text != nil)
        #expect(try await story.breakGlass().status == 201)
        #expect(try await story.seesAda())
        let trail = try await story.clinic.send("auditor", "GET", story.ours("audit-entries?action=break_glass.ended"))
        #expect(trail.json["items"]?.items.count == 1)
        await story.clinic.close()
    }

    @Test("what was denied meanwhile does not open again when the deny is taken back", .shows("AZ-11"))
    func denied() async throws {
        let story = try await Emergency()
        #expect(try await story.breakGlass().status == 201)
        #expect(try await story.seesAda())
        let south: JSON = .string(story.clinic.south.id.description)
        let deny = try await story.grant(["permission": "patients.break_glass", "location_id": south, "effect": "deny"])
        try await eventually("the deny holds") { try await !story.seesAda() }
        try await story.act("grants/\(deny)/revocation")
        // The right is back when another one can be broken.
        try await eventually("the right is back") { try await story.breakGlass(story.other).status == 201 }
        #expect(try await story.send("GET", "patients/\(story.other)").status == 200)
        #expect(try await !story.seesAda())
        await story.clinic.close()
    }
}
