/// The delimiters of one interchange: they come from its ISA and from nowhere else.
public struct Delimiters: Hashable, Sendable {
    /// Between elements: the byte after `ISA`.
    public var element: UInt8
    /// Between the components of an element: ISA16.
    public var component: UInt8
    /// Between repetitions: ISA11 from version 00402 on; nil before, where ISA11 is `U`.
    public var repetition: UInt8?
    /// At the end of a segment: the byte after ISA16. A newline stands for CR, LF and CRLF.
    public var terminator: UInt8

    public init(element: UInt8, component: UInt8, repetition: UInt8?, terminator: UInt8) {
        self.element = element
        self.component = component
        self.repetition = repetition
        self.terminator = terminator
    }

    /// What we write: `*`, `:`, `^`, `~`.
    public static let written = Delimiters(
        element: UInt8(ascii: "*"),
        component: UInt8(ascii: ":"),
        repetition: UInt8(ascii: "^"),
        terminator: UInt8(ascii: "~")
    )

    /// Each is another byte, and none could be part of a number or a word. Repetition is left out: partners send `U` or blanks there.
    var areUsable: Bool {
        let all = [element, component, terminator]
        return Set(all).count == all.count
            && !all.contains { Byte.isLetterOrDigit($0) || $0 == Byte.space || $0 == Byte.minus || $0 == Byte.point }
    }
}
