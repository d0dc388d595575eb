/// Unfolded lines of a file, one after another (RFC 5545 section 3.1): CRLF or LF ends a line, and a space or tab at the beginning of the next
/// one continues it. Octets are joined before they are read as UTF-8, for folding may divide a letter.
struct UnfoldedLines {
    private let bytes: [UInt8]
    private let limit: Int
    private var at = 0
    private var number = 1

    init(_ bytes: [UInt8], limits: CalendarLimits) {
        self.bytes = bytes
        limit = limits.lineBytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    struct Line {
        var bytes: [UInt8] = []
        let number: Int
        /// It is longer than the limit: `bytes` is its beginning.
        var isCut = false
    }

    /// The next line that is not empty; nil at the end.
    mutating func next() -> Line? {
        while at < bytes.count {
            var line = Line(number: number)
            repeat { take(&line) } while isContinued()
            if !line.bytes.isEmpty { return line }
        }
        return nil
    }

    private mutating func take(_ line: inout Line) {
        let end = bytes[at...].firstIndex(of: 0x0A) ?? bytes.count
        var content = bytes[at..<end]
        if content.last == 0x0D { content = content.dropLast() }
        let room = limit - line.bytes.count
        if content.count > room { line.isCut = true }
        line.bytes.append(contentsOf: content.prefix(room))
        at = min(end + 1, bytes.count)
        number += 1
    }

    /// Steps over the blank that begins a continuation.
    private mutating func isContinued() -> Bool {
        guard at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 else { return false }
        at += 1
        return true
    }
}
