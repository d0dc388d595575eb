import Glibc

/// A file call that failed. Says which call and why, never a name: names of files come from outside.
struct FileFault: Error, Sendable, Hashable, CustomStringConvertible {
    let call: StaticString
    let code: Int32

    init(_ call: StaticString, _ code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    var isMissing: Bool { code == ENOENT }

    static func == (left: FileFault, right: FileFault) -> Bool {
        left.code == right.code && left.call.description == right.call.description
    }

    func hash(into hasher: inout Hasher) { hasher.combine(code) }

    var description: String { "\(call): \(String(cString: strerror(code)))" }
}
