/// Reads segments and follows the envelope: interchange, group, transaction, their counts and control numbers. Everything that
/// does not add up becomes a finding; nothing stops the reading.
struct EnvelopeReader {
    enum Step {
        case interchangeBegan
        case groupBegan
        case transactionBegan
        /// A segment inside a transaction, its ST and SE left out.
        case segment
        /// By its SE, or because something else came where the SE should be. `transaction` still describes it.
        case transactionEnded(complete: Bool)
        /// A segment of the interchange outside transactions: TA1, GE or a stray one.
        case outside
        /// By its IEA, or because something else came. `interchange` still describes it.
        case interchangeEnded
    }

    private(set) var interchange: Interchange?
    private(set) var group: Group?
    private(set) var transaction: Transaction?
    var findings: Findings
    /// Interchanges so far.
    private(set) var interchanges = 0
    /// Groups of the interchange so far.
    private(set) var groups = 0
    /// Segments of the interchange so far; the ISA is 1.
    private(set) var segments = 0

    private let limits: Limits
    private var reader: SegmentReader
    private var isOpen = false
    private var transactionIsOver = false
    /// One segment may end several things: it is looked at again after each.
    private var again: SegmentReader.Token?

    init(limits: Limits) {
        self.limits = limits
        reader = SegmentReader(limits: limits)
        findings = Findings(limit: limits.findings)
    }

    var segment: Segment { reader.segment }
    var position: Position { Position(interchange: interchanges, segment: segments) }
    var delimiters: Delimiters { reader.header.delimiters }

    mutating func supply(_ bytes: [UInt8]) { reader.supply(bytes) }

    /// There are no more bytes; what is still open is closed by the next calls of `next`.
    mutating func end() { reader.end() }

    /// nil when the supplied bytes are used up and, after `end`, when everything is closed.
    mutating func next() -> Step? {
        if transactionIsOver {
            transaction = nil
            transactionIsOver = false
        }
        while true {
            guard let token = again ?? reader.next() else { return atEndOfBytes() }
            let isNew = again == nil
            again = nil
            switch token {
            case .header:
                if let step = endWhatIsOpen(before: token) { return step }
                begin()
                return .interchangeBegan
            case .segment:
                if isNew {
                    segments += 1
                    noteNotices()
                }
                return follow(token)
            }
        }
    }

    private mutating func follow(_ token: SegmentReader.Token) -> Step {
        switch segment.name {
        case .st:
            if transaction != nil { return endTransactionEarly(before: token) }
            beginTransaction()
            return .transactionBegan
        case .se:
            guard transaction != nil else {
                find(.transactionStartMissing, "SE without an ST")
                return .outside
            }
            endTransaction()
            return .transactionEnded(complete: true)
        case .gs:
            if transaction != nil { return endTransactionEarly(before: token) }
            if let group { find(.groupEndMissing, "GS before the GE of group \(group.control)") }
            group = Group(segment)
            groups += 1
            return .groupBegan
        case .ge:
            if transaction != nil { return endTransactionEarly(before: token) }
            endGroup()
            return .outside
        case .iea:
            if transaction != nil { return endTransactionEarly(before: token) }
            endInterchange()
            return .interchangeEnded
        case .ta1 where transaction == nil: return .outside
        default:
            guard transaction != nil else {
                note(.segmentOutside, "a segment outside transactions")
                return .outside
            }
            transaction?.segments += 1
            return .segment
        }
    }

    private mutating func atEndOfBytes() -> Step? {
        guard reader.isAtEnd else { return nil }
        noteNotices()
        if let step = endWhatIsOpen(before: nil) { return step }
        if interchanges == 0, findings.worst != .refusesFile { find(.noInterchange, "no ISA: this is not an X12 file") }
        return nil
    }

    // MARK: Beginnings

    private mutating func begin() {
        interchanges += 1
        segments = 1
        groups = 0
        group = nil
        isOpen = true
        let begun = Interchange(segment, reader.header, ordinal: interchanges)
        interchange = begun
        noteNotices()
        if !begun.isFixedWidth { note(.headerNotFixedWidth, "the ISA is not padded to its fixed widths") }
        if !begun.delimiters.areUsable { find(.delimiters, "the ISA declares delimiters that cannot be told from data or from each other") }
        let digits = begun.control.utf8
        if digits.count != 9 || !digits.allSatisfy(Byte.isDigit) { note(.headerElement, "ISA13 is not a number of nine digits") }
    }

    private mutating func beginTransaction() {
        let begun = Transaction(segment, in: group, at: position)
        transaction = begun
        guard group != nil else {
            find(.transactionOutsideGroup, "ST outside a group")
            return
        }
        group?.transactions += 1
        if let count = group?.controls.count, count < limits.transactions, group?.controls.insert(begun.control).inserted == false {
            note(.transactionRepeated, "ST02 \(begun.control) occurs twice in its group")
        }
        if let group, !segment.isEmpty(3), segment.trimmed(3) != group.version {
            note(.transactionVersion, "ST03 \(begun.version) differs from GS08 \(group.version)")
        }
    }

    // MARK: Ends

    private mutating func endTransaction() {
        transaction?.segments += 1
        transactionIsOver = true
        guard let transaction else { return }
        let stated = segment.trimmed(1)
        if Int(stated) != transaction.segments {
            find(.transactionCount, "SE01 \(stated) counted \(transaction.segments) (ST02 \(transaction.control))")
        }
        let control = segment.trimmed(2)
        if control != transaction.control.trimmingBlanks {
            find(.transactionControl, "SE02 \(control) != ST02 \(transaction.control)")
        }
    }

    private mutating func endGroup() {
        guard let ended = group else {
            find(.groupStartMissing, "GE without a GS")
            return
        }
        let stated = segment.trimmed(1)
        if stated != String(ended.transactions) { find(.groupCount, "GE01 \(stated) counted \(ended.transactions)") }
        let control = segment.trimmed(2)
        if control != ended.control { find(.groupControl, "GE02 \(control) != GS06 \(ended.control)") }
        group = nil
    }

    private mutating func endInterchange() {
        if let group { find(.groupEndMissing, "IEA before the GE of group \(group.control)") }
        let stated = segment.trimmed(1)
        if stated != String(groups) { find(.interchangeCount, "IEA01 \(stated) counted \(groups)") }
        let control = segment.trimmed(2)
        let begun = interchange?.control.trimmingBlanks ?? ""
        if control != begun { find(.interchangeControl, "IEA02 \(control) != ISA13 \(begun)") }
        isOpen = false
        group = nil
    }

    private mutating func endTransactionEarly(before token: SegmentReader.Token?) -> Step {
        again = token
        transactionIsOver = true
        find(.transactionEndMissing, "ST without SE (ST02 \(transaction?.control ?? ""))")
        return .transactionEnded(complete: false)
    }

    private mutating func endWhatIsOpen(before token: SegmentReader.Token?) -> Step? {
        if transaction != nil { return endTransactionEarly(before: token) }
        guard isOpen else { return nil }
        again = token
        isOpen = false
        group = nil
        find(.interchangeEndMissing, "no IEA")
        return .interchangeEnded
    }

    // MARK: Findings

    /// A text may quote a control number, and what stands in its place may be of any length.
    private static let longestText = 120

    private mutating func find(_ code: Finding.Code, _ text: String) {
        findings.add(Finding(code, .refusesFile, position, String(text.prefix(EnvelopeReader.longestText))))
    }

    private mutating func note(_ code: Finding.Code, _ text: String) {
        findings.add(Finding(code, .note, position, String(text.prefix(EnvelopeReader.longestText))))
    }

    private mutating func noteNotices() {
        guard reader.hasNotices else { return }
        for code in reader.takeNotices() { findings.add(Finding(code, code.noticeSeverity, position, code.noticeText)) }
    }
}

extension Finding.Code {
    /// What the reader of segments notices does not count as an error of the envelope, but some of it makes the content doubtful.
    fileprivate var noticeSeverity: Finding.Severity {
        switch self {
        case .utf16, .unterminatedSegment, .segmentTooLong: .refusesFile
        default: .note
        }
    }

    fileprivate var noticeText: String {
        switch self {
        case .utf16: "the file is UTF-16; ask the partner for ASCII"
        case .byteOrderMark: "the file begins with a byte order mark"
        case .notUTF8: "bytes that are not UTF-8 were read as Latin-1"
        case .textBeforeInterchange: "text before the ISA was skipped"
        case .textAfterInterchange: "text after the IEA was skipped"
        case .terminatorAfterNewline: "the terminator stands at the beginning of the next line"
        case .controlCharacter: "a control character in data was read as a blank"
        case .unterminatedSegment: "the last segment has no terminator: the file may be cut off"
        case .segmentTooLong: "a segment is longer than the limit; the rest of it was skipped"
        case .emptySegment: "an empty segment was skipped"
        default: rawValue
        }
    }
}

extension String {
    var trimmingBlanks: String {
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { !Byte.isBlank($0) }), let last = bytes.lastIndex(where: { !Byte.isBlank($0) }) else {
            return ""
        }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
