/// What the ISA of an interchange says: who sends what to whom, under which number.
public struct Interchange: Hashable, Sendable {
    /// 1 for the first of the file.
    public let ordinal: Int
    public let delimiters: Delimiters
    /// ISA01 to ISA15 have the widths of the standard.
    public let isFixedWidth: Bool
    /// ISA05 and ISA06, without padding.
    public let senderQualifier: String
    public let sender: String
    /// ISA07 and ISA08, without padding.
    public let receiverQualifier: String
    public let receiver: String
    /// ISA09 (YYMMDD) and ISA10 (HHMM), the sender's local time.
    public let date: String
    public let time: String
    /// ISA12, for example `00501`.
    public let version: String
    /// ISA13: unique per sender and receiver for ever.
    public let control: String
    /// ISA15: `P` production, `T` test.
    public let usage: String

    init(_ segment: Segment, _ header: Header, ordinal: Int) {
        self.ordinal = ordinal
        delimiters = header.delimiters
        isFixedWidth = header.isFixedWidth
        senderQualifier = segment.trimmed(5)
        sender = segment.trimmed(6)
        receiverQualifier = segment.trimmed(7)
        receiver = segment.trimmed(8)
        date = segment.text(9)
        time = segment.text(10)
        version = segment.text(12)
        control = segment.text(13)
        usage = segment.text(15)
    }
}

/// What the GS of a group says.
struct Group: Sendable {
    /// GS01: `HP` remittances, `HC` claims, `FA` acknowledgments.
    let kind: String
    /// GS06.
    let control: String
    /// GS08.
    let version: String
    var transactions = 0
    var controls: Set<String> = []

    init(_ segment: Segment) {
        kind = segment.trimmed(1)
        control = segment.trimmed(6)
        version = segment.text(8)
    }
}

/// What the ST of a transaction says, and how many segments it has so far.
struct Transaction: Sendable {
    /// ST01: `835`, `837`.
    let set: String
    /// ST02.
    let control: String
    /// ST03, else GS08.
    let version: String
    /// GS06.
    let groupControl: String
    let position: Position
    /// The ST is 1.
    var segments = 1

    init(_ segment: Segment, in group: Group?, at position: Position) {
        set = segment.text(1)
        control = segment.text(2)
        version = segment.isEmpty(3) ? group?.version ?? "" : segment.text(3)
        groupControl = group?.control ?? ""
        self.position = position
    }
}
