import Testing
import Values
import X12

@Suite("samples are read as their ground truth says") struct SampleTests {
    @Test("our synthetic samples, and those of others where they are present", arguments: SampleTests.paths)
    func sample(path: String) throws {
        try compare(path)
    }

    private static let paths = [Fixture.folder + "/Samples", Fixture.foreign].flatMap { folder in
        Fixture.samples(in: folder).map { "\(folder)/\($0)" }
    }

    @Test("none of our samples is missing")
    func present() {
        #expect(Fixture.samples(in: Fixture.folder + "/Samples").count >= 60)
    }

    @Test("a file is trusted only when its end is there")
    func trust() {
        let bytes = Fixture.own("837P-mutants/mut_00_valid.edi")
        #expect(examine(bytes).isTrusted)
        #expect(!examine(Array(bytes.prefix(bytes.count / 2))).isTrusted)
        #expect(!examine(Array("root:x:0:0".utf8)).isTrusted)
    }

    private func compare(_ path: String) throws {
        let limits = JSON.Limits(bytes: 4_000_000, depth: 32, members: 4096, values: 1_000_000, digits: 32)
        let expected = try JSON.parse(Fixture.bytes(path + ".expected.json"), limits: limits)
        let actual = try JSON.parse(Array(inspect(Fixture.bytes(path)).utf8), limits: limits)
        var differences: [String] = []
        differ(expected, actual, "", &differences)
        #expect(differences == [])
    }

    /// The rules of tools/x12compare.py: members beyond the expected ones are allowed; of findings only whether there are any counts.
    private func differ(_ want: JSON, _ got: JSON?, _ path: String, _ differences: inout [String]) {
        switch (want, got) {
        case (.object(let members), .object):
            for (key, value) in members where !["bytes", "file", "notes"].contains(key) {
                if key == "envelope_errors", case .array(let a) = value, case .array(let b)? = got?[key] {
                    if a.isEmpty != b.isEmpty { differences.append("\(path)/\(key): \(a) and \(b)") }
                } else {
                    differ(value, got?[key] ?? .null, "\(path)/\(key)", &differences)
                }
            }
        case (.array(let a), .array(let b)) where a.count == b.count:
            for (index, pair) in zip(a, b).enumerated() { differ(pair.0, pair.1, "\(path)/\(index)", &differences) }
        default: if want != got { differences.append("\(path): \(want) and \(String(describing: got))") }
        }
    }
}
