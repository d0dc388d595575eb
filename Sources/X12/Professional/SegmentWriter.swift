/// Writes segments with our delimiters. Trailing empty elements and components are never sent.
struct SegmentWriter {
    private(set) var bytes: [UInt8] = []
    /// Segments since `restart`.
    private(set) var count = 0

    mutating func restart() { count = 0 }

    mutating func segment(_ elements: String...) {
        let end = (elements.lastIndex { !$0.isEmpty } ?? 0) + 1
        for (index, element) in elements[..<end].enumerated() {
            if index > 0 { bytes.append(Delimiters.written.element) }
            bytes.append(contentsOf: element.utf8)
        }
        close()
    }

    /// The ISA keeps its blanks: its widths are fixed.
    mutating func header(_ elements: [String]) {
        bytes.append(contentsOf: elements.joined(separator: "*").utf8)
        close()
    }

    private mutating func close() {
        bytes.append(Delimiters.written.terminator)
        bytes.append(Byte.lineFeed)
        count += 1
    }

    static func composite(_ components: [String]) -> String {
        let end = (components.lastIndex { !$0.isEmpty } ?? -1) + 1
        return components[..<end].joined(separator: ":")
    }
}
