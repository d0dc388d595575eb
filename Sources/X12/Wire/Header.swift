/// The bytes of an ISA while they arrive, and what they say about delimiters.
struct Header: Sendable {
    enum Progress {
        case more
        case complete
        case newlineForTerminator
        case notAHeader
    }

    /// An ISA has 106 bytes; one that is not padded has fewer, a wrapped one a few more.
    private static let longest = 400
    /// The widest element has 15 bytes; some partners send more, text that only begins like an ISA much more.
    private static let longestElement = 40
    private static let separators = 16
    private static let widths = [3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1]

    private(set) var delimiters = Delimiters.written
    private(set) var bytes: [UInt8] = []
    private var seen = 0
    private var elementStart = 4
    private var hasComponent = false

    init() {}

    init(separator: UInt8) {
        delimiters.element = separator
        bytes = [UInt8(ascii: "I"), UInt8(ascii: "S"), UInt8(ascii: "A"), separator]
        seen = 1
    }

    /// True when only the terminator is missing.
    var isReadable: Bool { hasComponent }

    mutating func take(_ byte: UInt8) -> Progress {
        if hasComponent {
            if holdsAnother { return .notAHeader }
            delimiters.terminator = byte
            learnRepetition()
            return Byte.isNewline(byte) ? .newlineForTerminator : .complete
        }
        guard bytes.count < Header.longest, bytes.count - elementStart <= Header.longestElement else { return .notAHeader }
        bytes.append(byte)
        if seen == Header.separators {
            if Byte.isNewline(byte) { return .more }
            delimiters.component = byte
            hasComponent = true
        } else if byte == delimiters.element {
            seen += 1
            elementStart = bytes.count
        }
        return .more
    }

    /// Some print the terminator at the start of the next line.
    mutating func takesFromNextLine(_ byte: UInt8) -> Bool {
        guard Byte.isPunctuation(byte), byte != delimiters.element, byte != delimiters.component else { return false }
        delimiters.terminator = byte
        return true
    }

    private var elements: [[UInt8]] {
        bytes.split(separator: delimiters.element, maxSplits: Header.separators, omittingEmptySubsequences: false).map(Array.init)
    }

    /// ISA01 to ISA15 have their fixed widths, as the standard demands.
    var isFixedWidth: Bool {
        let elements = elements
        return elements.count > Header.separators && zip(elements, Header.widths).allSatisfy { $0.count == $1 }
    }

    /// Text that ends in `ISA*` may stand before the true ISA; it took that one for its elements.
    private var holdsAnother: Bool {
        guard !isFixedWidth else { return false }
        let beginning = bytes[..<4]
        return bytes.indices.dropFirst(4).contains { index in
            bytes[index...].starts(with: beginning) && bytes[index - 1] != delimiters.element && !Byte.isLetterOrDigit(bytes[index - 1])
        }
    }

    private mutating func learnRepetition() {
        let elements = elements.map { $0.filter { !Byte.isNewline($0) } }
        let isOld = elements[12].lexicographicallyPrecedes("00402".utf8)
        delimiters.repetition = isOld ? nil : elements[11].first
    }

    func fill(_ segment: inout Segment) {
        for byte in bytes where !Byte.isNewline(byte) {
            if byte == delimiters.element {
                segment.endElement()
            } else {
                segment.append(byte < Byte.space && byte != delimiters.component && byte != delimiters.repetition ? Byte.space : byte)
            }
        }
    }
}

/// Looks for the beginning of an interchange among bytes that belong to none.
struct HeaderSearch: Sendable {
    /// Something other than blanks was passed over.
    var sawText = false
    /// No interchange came before.
    let isFirst: Bool
    /// How many bytes of text were passed over.
    var passed: Int
    private var last: UInt32 = 0

    init(isFirst: Bool = true, passed: Int = 0) {
        self.isFirst = isFirst
        self.passed = passed
    }

    mutating func find(in bytes: [UInt8], from index: inout Int) -> Header? {
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if last & 0xFF_FFFF == SegmentName.isa.rawValue, !Byte.isLetterOrDigit(byte), byte != Byte.space {
                sawText = passed > 3
                return Header(separator: byte)
            }
            if !Byte.isPadding(byte), byte < 0x80 { passed += 1 }
            last = last << 8 | UInt32(byte)
        }
        return nil
    }
}
