import Values

/// One segment: its elements as bytes in one buffer that the reader uses again for the next segment.
struct Segment: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Where each element ends in `bytes`; the separators themselves are not kept.
    private(set) var ends: [Int] = []
    private var start = 0
    /// False when it holds bytes that are not UTF-8.
    private(set) var isUTF8 = true
    private(set) var name = SegmentName.other

    /// Elements, the name included.
    var count: Int { ends.count }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        start = 0
        isUTF8 = true
    }

    mutating func checkEncoding() { isUTF8 = String(validating: bytes, as: UTF8.self) != nil }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func endElement() { ends.append(bytes.count) }

    /// Ends the last element, drops what surrounds the segment and reads its name. False when nothing is left.
    mutating func close() -> Bool {
        while bytes.count > (ends.last ?? 0), let last = bytes.last, Byte.isBlank(last) { bytes.removeLast() }
        endElement()
        skipIndentation()
        name = SegmentName(bytes, in: range(0))
        return ends.count > 1 || ends[0] > start
    }

    private mutating func skipIndentation() {
        let end = ends[0]
        while start < end {
            if Byte.isBlank(bytes[start]) {
                start += 1
            } else if bytes[start] == 0xEF, start + 2 < end, bytes[start + 1] == 0xBB, bytes[start + 2] == 0xBF {
                start += 3  // a byte order mark between files that were joined
            } else {
                return
            }
        }
    }

    /// True while the segment so far is nothing but `ISA`.
    var isOnlyISA: Bool {
        guard ends.isEmpty, bytes.count >= 3, bytes[bytes.count - 1] == UInt8(ascii: "A"), bytes[bytes.count - 2] == UInt8(ascii: "S"),
            bytes[bytes.count - 3] == UInt8(ascii: "I")
        else { return false }
        return bytes.dropLast(3).allSatisfy { Byte.isBlank($0) || $0 >= 0x80 }
    }

    /// Empty when there is no such element.
    func range(_ element: Int) -> Range<Int> {
        guard element < ends.count else { return 0..<0 }
        return (element == 0 ? start : ends[element - 1])..<ends[element]
    }

    func isEmpty(_ element: Int) -> Bool { range(element).isEmpty }

    func text(_ element: Int) -> String { text(in: range(element)) }

    func trimmed(_ element: Int) -> String { text(in: trimmedRange(element)) }

    func amount(_ element: Int) -> Amount? { Amount(ascii: bytes, in: range(element)) }

    func day(_ element: Int) -> Day? { Day(ascii: bytes, in: range(element)) }

    func isBlank(_ element: Int) -> Bool { trimmedRange(element).isEmpty }

    func equals(_ element: Int, _ text: StaticString) -> Bool {
        let range = range(element)
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { expected in
            for offset in 0..<expected.count where bytes[range.lowerBound + offset] != expected[offset] { return false }
            return true
        }
    }

    /// The components of an element, empty ones included.
    func components(_ element: Int, _ delimiters: Delimiters) -> [String] {
        let range = range(element)
        var parts: [String] = []
        var lower = range.lowerBound
        for index in range where bytes[index] == delimiters.component {
            parts.append(text(in: lower..<index))
            lower = index + 1
        }
        parts.append(text(in: lower..<range.upperBound))
        return parts
    }

    /// The first component, and everything after it as it stands.
    func headAndRest(_ element: Int, _ delimiters: Delimiters) -> (head: String, rest: String) {
        let range = range(element)
        for index in range where bytes[index] == delimiters.component {
            return (text(in: range.lowerBound..<index), text(in: (index + 1)..<range.upperBound))
        }
        return (text(in: range), "")
    }

    private func trimmedRange(_ element: Int) -> Range<Int> {
        let range = range(element)
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, Byte.isBlank(bytes[lower]) { lower += 1 }
        while upper > lower, Byte.isBlank(bytes[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    /// UTF-8 where it is UTF-8, else Latin-1: partners send both, often without knowing.
    private func text(in range: Range<Int>) -> String {
        if range.isEmpty { return "" }
        if isUTF8 { return bytes.withUnsafeBufferPointer { String(decoding: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self) } }
        if let text = String(validating: bytes[range], as: UTF8.self) { return text }
        return String(String.UnicodeScalarView(bytes[range].map { Unicode.Scalar($0) }))
    }
}
