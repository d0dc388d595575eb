import Values

extension Day {
    /// Reads `CCYYMMDD`; nil for anything else.
    init?(compact text: String) {
        let bytes = Array(text.utf8)
        self.init(ascii: bytes, in: 0..<bytes.count)
    }

    init?(ascii bytes: [UInt8], in range: Range<Int>) {
        guard range.count == 8, bytes[range].allSatisfy(Byte.isDigit) else { return nil }
        func number(_ from: Int, _ count: Int) -> Int {
            bytes[(range.lowerBound + from)..<(range.lowerBound + from + count)].reduce(0) { $0 * 10 + Int($1 - Byte.zero) }
        }
        self.init(year: number(0, 4), month: number(4, 2), day: number(6, 2))
    }
}
