extension Unicode.Scalar {
    /// A control character or a separator of lines and paragraphs: no part of one line of text.
    public var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x2028 || value == 0x2029
    }

    /// Turns the direction of what follows, which lets text show as something that it is not (Unicode UAX 9), or is no character at all.
    public var isMisleading: Bool {
        (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value) || (0xFDD0...0xFDEF).contains(value)
            || value == 0xFFFE || value == 0xFFFF
    }

    /// A space, or a sign of no width: text of nothing else shows as nothing.
    public var isInvisible: Bool {
        value == 0x20 || value == 0xA0 || value == 0xAD || (0x200B...0x200F).contains(value) || (0x2060...0x2064).contains(value)
            || value == 0xFEFF
    }
}
