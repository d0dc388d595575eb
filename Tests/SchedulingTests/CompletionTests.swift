import Postgres
import Testing
import Values
import Web

@testable import Scheduling

@Suite("What a completed visit holds")
struct CompletionTests {
    @Test(
        "diagnoses are kept in capitals without the dot",
        arguments: [("J02.9", "J029"), ("j029", "J029"), ("E11.65", "E1165"), ("S72.001A", "S72001A"), ("Z00", "Z00")]
    )
    func normalized(_ text: String, _ code: String) {
        #expect(DiagnosisCode.normalized(text) == code)
    }

    @Test(
        "what has not the form of a code is refused",
        arguments: ["J0", "029", "J.029", "J02.", "J02.99999", "J02 9", "JJ2", "J02..9", ""]
    )
    func malformed(_ text: String) {
        #expect(DiagnosisCode.normalized(text) == nil)
    }

    @Test("everything wrong is named at once")
    func allErrors() throws {
        let json: JSON = .object([
            ("diagnoses", .array([.string("J02.9"), .string("nonsense"), .string("j029")])),
            ("procedures", .array([.object([("code", .string("99213")), ("diagnosis_pointers", .array([.integer(4)]))])])),
        ])
        let body = try CompleteAppointmentBody.shape.read(json)
        let problem = #expect(throws: Problem.self) { try body.checkedDiagnoses() }
        #expect(problem?.errors.map(\.pointer) == ["/diagnoses/1", "/diagnoses/2", "/procedures/0/diagnosis_pointers/0"])
    }

    @Test("procedures survive the way into the table and back")
    func procedures() throws {
        var first = Procedure(code: "99213", diagnosisPointers: [1, 2])
        first.modifiers = ["25"]
        let all = [first, Procedure(code: "D1110", diagnosisPointers: [])]
        #expect(try ProcedureJSON.procedures(ProcedureJSON.text(all)) == all)
    }
}

@Suite("Who takes part")
struct CastTests {
    @Test("a kind that is needed twice must be there twice")
    func needs() {
        let type = appointmentType(needs: [.provider, .room, .room])
        #expect(type.missing(from: [.provider, .room]) == [.room])
        #expect(type.missing(from: [.room, .room, .provider, .device]).isEmpty)
    }

    @Test("unknown, idle and doubled resources are named, each at its place")
    func references() {
        var errors: [Problem.Member] = []
        let found = [resource(1, .provider), resource(2, .room), resource(3, .device, active: false)]
        let ids = [2, 2, 3, 4].map { ResourceID(holder($0)) }
        #expect(Cast(provider: ProviderID(holder(1)), further: ids, found: found, &errors) == nil)
        #expect(errors.map(\.pointer) == ["/resource_ids/1", "/resource_ids/2", "/resource_ids/3"])
        #expect(errors.map(\.code) == ["duplicate", "inactive", "unknown_reference"])
    }

    @Test("a room is no provider")
    func roomAsProvider() {
        var errors: [Problem.Member] = []
        #expect(Cast(provider: ProviderID(holder(2)), further: [], found: [resource(2, .room)], &errors) == nil)
        #expect(errors.map(\.pointer) == ["/provider_id"])
    }

    @Test("what an appointment has already may have been taken out of use since")
    func kept() {
        var errors: [Problem.Member] = []
        let idle = resource(1, .provider, active: false)
        #expect(Cast(provider: ProviderID(holder(1)), further: [], found: [idle], kept: [idle.id], &errors)?.provider == idle)
    }
}
