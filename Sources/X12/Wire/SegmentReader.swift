/// Cuts bytes into segments. Takes chunks of any size and keeps no more than one segment.
///
/// It searches for an `ISA`, learns the delimiters from it, cuts segments up to the `IEA`, and searches again. An `ISA` at the start
/// of a segment begins a new interchange with its own delimiters, also when the `IEA` before it is missing; `ISA` inside data does not.
struct SegmentReader {
    enum Token {
        /// The ISA; `header` describes it, `segment` holds its elements.
        case header
        case segment
    }

    private enum State {
        case search
        case header
        /// A newline stands where the terminator should: perhaps it is the terminator, perhaps the next line begins with it.
        case afterNewline
        case segments
    }

    private(set) var segment = Segment()
    private(set) var header = Header()
    /// What was noticed since it was last taken.
    private var notices: [Finding.Code] = []

    private let limits: Limits
    private var chunk: [UInt8] = []
    private var index = 0
    private var ended = false
    private var state = State.search
    private var endsAtNewline = false
    private var tooLong = false
    private var search = HeaderSearch()
    private var interchanges = 0
    /// The first bytes of the file, where an encoding shows.
    private var opening: [UInt8] = []
    private var hasHighBytes = false

    init(limits: Limits) {
        self.limits = limits
    }

    /// Gives the next bytes; call only after `next` answered nil.
    mutating func supply(_ bytes: [UInt8]) {
        if opening.count < 3 { opening += bytes.prefix(3 - opening.count) }
        chunk = bytes
        index = 0
    }

    /// There are no more bytes: what was begun is closed as far as it goes.
    mutating func end() { ended = true }

    var hasNotices: Bool { !notices.isEmpty }
    /// `end` was called and every byte has been used.
    var isAtEnd: Bool { ended && index >= chunk.count && state == .search }

    mutating func takeNotices() -> [Finding.Code] {
        defer { notices.removeAll() }
        return notices
    }

    /// nil when the chunk is used up.
    mutating func next() -> Token? {
        while index < chunk.count {
            switch state {
            case .search:
                if let begun = search.find(in: chunk, from: &index) {
                    header = begun
                    state = .header
                }
                noticeTextPassedOver()
            case .header: if let token = readHeader() { return token }
            case .afterNewline: if let token = readAfterNewline() { return token }
            case .segments: if readSegment() { return .segment }
            }
        }
        return ended ? close() : nil
    }

    // MARK: The header

    private mutating func readHeader() -> Token? {
        while index < chunk.count {
            let byte = chunk[index]
            index += 1
            switch header.take(byte) {
            case .more: continue
            case .notAHeader:
                searchAgainInside()
                return nil
            case .complete:
                return beginInterchange()
            case .newlineForTerminator:
                state = .afterNewline
                return nil
            }
        }
        return nil
    }

    /// What looked like an ISA is none, but may hold the beginning of a true one: go back to just behind its three letters.
    private mutating func searchAgainInside() {
        let taken = header.bytes.dropFirst(3)
        if index > taken.count {
            index -= taken.count + 1
        } else {
            chunk = Array(taken) + chunk[(index - 1)...]
            index = 0
        }
        search = HeaderSearch(isFirst: search.isFirst, passed: 3)
        state = .search
    }

    private mutating func readAfterNewline() -> Token? {
        while index < chunk.count, Byte.isBlank(chunk[index]) { index += 1 }
        guard index < chunk.count else { return nil }
        if header.takesFromNextLine(chunk[index]) {
            index += 1
            notice(.terminatorAfterNewline)
        }
        return beginInterchange()
    }

    private mutating func beginInterchange() -> Token {
        if interchanges == 0 { noticeEncoding() }
        interchanges += 1
        endsAtNewline = Byte.isNewline(header.delimiters.terminator)
        segment.removeAll()
        header.fill(&segment)
        segment.checkEncoding()
        _ = segment.close()
        startsOver = true
        state = .segments
        return .header
    }

    // MARK: Segments

    /// The segment in `segment` has been handed out; the next byte begins another.
    private var startsOver = true

    private mutating func readSegment() -> Bool {
        if startsOver {
            segment.removeAll()
            tooLong = false
            startsOver = false
        }
        let terminator = header.delimiters.terminator
        let separator = header.delimiters.element
        while index < chunk.count {
            let byte = chunk[index]
            index += 1
            if byte == terminator || (endsAtNewline && Byte.isNewline(byte)) {
                if finishSegment() { return true }
            } else if byte == separator {
                if segment.isOnlyISA {
                    beginHeader(byte)
                    return false
                }
                if segment.count < limits.elements { segment.endElement() } else { tooLong = true }
            } else if byte < Byte.space {
                if !Byte.isNewline(byte) { append(replaced(byte)) }
            } else {
                if segment.count == 0, Byte.isPunctuation(byte), segment.isOnlyISA {
                    beginHeader(byte)
                    return false
                }
                append(byte)
            }
        }
        return false
    }

    private mutating func append(_ byte: UInt8) {
        if byte >= 0x80 { hasHighBytes = true }
        if segment.bytes.count < limits.segmentBytes { segment.append(byte) } else { tooLong = true }
    }

    /// No control character belongs into data, and a database may refuse it.
    private mutating func replaced(_ byte: UInt8) -> UInt8 {
        if byte == Byte.tab || byte == header.delimiters.component || byte == header.delimiters.repetition { return byte }
        let surrounds = segment.count == 0 && segment.bytes.isEmpty && Byte.isPadding(byte)
        if !surrounds { notice(.controlCharacter) }
        return Byte.space
    }

    private mutating func beginHeader(_ separator: UInt8) {
        startsOver = true
        header = Header(separator: separator)
        state = .header
    }

    private mutating func finishSegment() -> Bool {
        guard segment.close() else {
            if !endsAtNewline { notice(.emptySegment) }
            segment.removeAll()
            return false
        }
        if tooLong { notice(.segmentTooLong) }
        if hasHighBytes {
            segment.checkEncoding()
            if !segment.isUTF8 { notice(.notUTF8) }
            hasHighBytes = false
        }
        startsOver = true
        if segment.name == .iea {
            search = HeaderSearch(isFirst: false)
            state = .search
        }
        return true
    }

    // MARK: The end

    private mutating func close() -> Token? {
        switch state {
        case .search:
            if interchanges == 0 { noticeEncoding() } else if search.passed > 0 { notice(.textAfterInterchange) }
            search = HeaderSearch(isFirst: search.isFirst)
            return nil
        case .header, .afterNewline:
            let usable = state == .afterNewline || header.isReadable
            guard usable else {
                state = .search
                search.passed = 1
                return close()
            }
            let token = beginInterchange()
            notice(.unterminatedSegment)
            return token
        case .segments:
            state = .search
            guard !startsOver, finishSegment() else { return nil }
            notice(.unterminatedSegment)
            return .segment
        }
    }

    private mutating func noticeTextPassedOver() {
        guard search.sawText else { return }
        notice(search.isFirst ? .textBeforeInterchange : .textAfterInterchange)
        search.sawText = false
    }

    private mutating func noticeEncoding() {
        if opening == [0xEF, 0xBB, 0xBF] { notice(.byteOrderMark) }
        let pair = opening.prefix(2)
        if pair == [0xFF, 0xFE] || pair == [0xFE, 0xFF] || (pair.contains(Byte.null) && pair.contains(UInt8(ascii: "I"))) {
            notice(.utf16)
        }
    }

    private mutating func notice(_ code: Finding.Code) {
        if !notices.contains(code) { notices.append(code) }
    }
}
