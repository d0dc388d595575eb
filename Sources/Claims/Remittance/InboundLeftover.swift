import Glibc
public import Values

/// What lies in the inbound folder although the worker should have taken it: what it cannot take, or what it has not come to.
public struct InboundLeftover: Sendable {
    public enum Kind: String, Sendable {
        case file = "a file"
        case unreadable = "a file that cannot be read"
        case unfinished = "an unfinished file"
        case link = "a link"
        case folder = "a folder"
        case other = "a pipe or device"
    }

    /// For people: without control characters.
    public let name: String
    public let kind: Kind
    public let minutes: Int

    /// Those that nothing happened to for ten minutes, by name. Looking fails for nothing: a folder that is missing is said elsewhere.
    public static func all(in path: String, now: Instant) -> [InboundLeftover] {
        guard let listing = opendir(path) else { return [] }
        defer { closedir(listing) }
        var found: [InboundLeftover] = []
        while found.count < mostNames, let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.bindMemory(to: CChar.self).prefix { $0 != 0 }) } + [0]
            if let leftover = InboundLeftover(name, in: listing, now: now) { found.append(leftover) }
        }
        return found.sorted { $0.name < $1.name }
    }

    private init?(_ bytes: [CChar], in listing: OpaquePointer, now: Instant) {
        name = printable(String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), 200)
        var about = stat()
        guard !InboundLeftover.ours.contains(name), fstatat(dirfd(listing), bytes, &about, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        // Not when its content changed: transport may give a file the time it had elsewhere.
        minutes = (Int(now.microseconds / 1_000_000) - Int(about.st_ctim.tv_sec)) / 60
        guard minutes >= InboundLeftover.mostMinutes else { return nil }
        kind =
            switch about.st_mode & S_IFMT {
            case S_IFREG where !Inbox.isWorthALook(bytes): .unfinished
            case S_IFREG: faccessat(dirfd(listing), bytes, R_OK, 0) == 0 ? .file : .unreadable
            case S_IFLNK: .link
            case S_IFDIR: .folder
            default: .other
            }
    }

    private static let ours: Set<String> = [".", "..", ".lock", "done", "held"]
    private static let mostMinutes = 10
    private static let mostNames = 10_000
}
