public import Glibc

/// A file call that failed. Says which call and why, never a name: names of files come from outside.
public struct FileFault: Error, Sendable, Hashable, CustomStringConvertible {
    public let call: StaticString
    public let code: Int32

    public init(_ call: StaticString, _ code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    public var isMissing: Bool { code == ENOENT }

    public static func == (left: FileFault, right: FileFault) -> Bool {
        left.code == right.code && left.call.description == right.call.description
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    public var description: String { "\(call): \(String(cString: strerror(code)))" }
}
