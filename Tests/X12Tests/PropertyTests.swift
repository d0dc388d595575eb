import Testing
import X12

@Suite("whatever the bytes, the reader answers") struct PropertyTests {
    static let samples = Fixture.samples(in: Fixture.folder + "/Samples")

    @Test("a remittance cut off anywhere is never complete", arguments: samples.filter { $0.hasPrefix("835/") })
    func truncation(sample: String) {
        let bytes = Fixture.own(sample)
        guard let last = bytes.lastIndex(where: { $0 != 10 && $0 != 13 }) else { return }
        let interchanges = RemittanceFile.read(bytes).interchanges.count
        var wrong: [Int] = []
        for count in 0...last {
            let file = RemittanceFile.read(Array(bytes[..<count]))
            // A cut between two interchanges leaves whole ones.
            if file.isComplete, file.interchanges.count == interchanges { wrong.append(count) }
        }
        #expect(wrong == [])
    }

    @Test("flipped bytes never end the process", arguments: samples)
    func flips(sample: String) {
        let original = Fixture.own(sample)
        var generator = SeededGenerator(seed: UInt64(original.count))
        for _ in 0..<60 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = RemittanceFile.read(bytes)
            #expect(inspect(bytes).hasPrefix("{"))
        }
    }

    @Test("bytes removed, doubled and shuffled never end the process", arguments: samples)
    func edits(sample: String) {
        let original = Fixture.own(sample)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<40 {
            var bytes = original
            let lower = Int.random(in: 0..<bytes.count, using: &generator)
            let upper = min(bytes.count, lower + Int.random(in: 1...200, using: &generator))
            let part = Array(bytes[lower..<upper])
            bytes.removeSubrange(lower..<upper)
            if Bool.random(using: &generator) {
                bytes.insert(contentsOf: part + part, at: Int.random(in: 0...bytes.count, using: &generator))
            }
            _ = RemittanceFile.read(bytes)
            #expect(inspect(bytes).hasPrefix("{"))
        }
    }

    @Test("noise made of delimiters and headers never ends the process")
    func noise() {
        var generator = SeededGenerator(seed: 3)
        let alphabet = [
            "ISA*", "ISA|", "IEA*", "GS*", "ST*835*1", "SE*", "CLP*", "SVC*", "CAS*CO", "PLB*", "*", "~", ":", "\n", "1.5", "-",
            "9999999999999", " ", "\u{0}",
        ]
        for _ in 0..<400 {
            let start = Bool.random(using: &generator) ? String(Era().text.prefix(106)) : ""
            let text = start + (0..<300).map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
            _ = RemittanceFile.read(Array(text.utf8))
            #expect(inspect(Array(text.utf8)).hasPrefix("{"))
        }
    }
}
