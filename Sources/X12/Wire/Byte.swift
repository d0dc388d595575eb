/// The bytes that mean something to X12, and the questions asked of a byte.
enum Byte {
    static let null: UInt8 = 0x00
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let endOfFile: UInt8 = 0x1A
    static let space: UInt8 = 0x20
    static let minus = UInt8(ascii: "-")
    static let point = UInt8(ascii: ".")
    static let zero = UInt8(ascii: "0")

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) }

    static func isNewline(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

    static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab || isNewline(byte) }

    /// What transfer programs leave around a file.
    static func isPadding(_ byte: UInt8) -> Bool { isBlank(byte) || byte == null || byte == endOfFile }

    /// `!` to `/`, `:` to `@` and so on: what may stand where a terminator is printed on the next line.
    static func isPunctuation(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && !isLetterOrDigit(byte) }
}
