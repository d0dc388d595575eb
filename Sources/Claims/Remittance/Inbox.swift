import Crypto
import Glibc
import Values

/// A file that lies in the inbound folder.
struct InboxFile: Sendable {
    /// As the file system has it; need not be UTF-8.
    let name: [CChar]
    let bytes: [UInt8]
    let sha256: [UInt8]
    /// Seconds since it was last changed.
    let age: Int
    /// Larger than is read: only its hash is known.
    let isTooLarge: Bool
    let size: Int

    /// For people and for the names of moved files.
    var shownName: String { printable(String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), 200) }

    /// Where it goes: the hash in front, so that nothing is ever written over; what a file system takes no longer is cut off.
    var movedName: [CChar] {
        Array((Array(hex(sha256.prefix(8)).utf8CString.dropLast()) + [CChar(bitPattern: UInt8(ascii: "_"))] + name.dropLast()).prefix(255))
            + [0]
    }
}

/// The folder where transport puts files. Whatever lies there, looking at it does not fail: folders, links, pipes, files that cannot be read or
/// are still written are passed by. All calls block.
struct Inbox: Sendable {
    let folder: Folder
    let settings: ClaimsSettings

    var done: Folder { folder.folder("done") }
    var held: Folder { folder.folder("held") }

    func make() throws {
        try done.make()
        try held.make()
    }

    /// Takes the right to look for as long as `descriptor` is open; nil when another worker has it.
    func lock() throws -> Int32? {
        let descriptor = Glibc.open(folder.path + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFault("open") }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    /// Names worth a look, in order. Bounded: of a flood, some now and the rest at the next look.
    func names() throws -> [[CChar]] {
        guard let listing = opendir(folder.path) else { throw FileFault("opendir") }
        defer { closedir(listing) }
        var names: [[CChar]] = []
        while names.count < Inbox.mostNames, let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.bindMemory(to: CChar.self).prefix { $0 != 0 }) } + [0]
            if Inbox.isWorthALook(name) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Names that begin with a dot or end in `.part` are not finished.
    static func isWorthALook(_ name: [CChar]) -> Bool {
        guard let first = name.first, first != 0, first != CChar(bitPattern: UInt8(ascii: ".")) else { return false }
        return !name.dropLast().suffix(5).elementsEqual(".part".utf8.map { CChar(bitPattern: $0) })
    }

    /// The whole file; nil when it is not to be read now: no regular file, unreadable, still changing, gone.
    func read(_ name: [CChar], now: Instant) -> InboxFile? {
        guard let (descriptor, before) = try? folder.open(name) else { return nil }  // odd entries are passed by
        defer { close(descriptor) }
        let age = Int(now.microseconds / 1_000_000) - Int(before.st_mtim.tv_sec)
        // A clock that is ahead must not keep a file for ever.
        guard age >= settings.settledAfter || age < -60 else { return nil }
        let isTooLarge = Int(before.st_size) > settings.largestInboundFile
        var hash = SHA256()
        var bytes: [UInt8] = []
        if !isTooLarge { bytes.reserveCapacity(Int(before.st_size)) }
        var chunk = [UInt8](repeating: 0, count: 262_144)
        var size = 0
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            size += count
            guard size <= Int(before.st_size) else { return nil }
            hash.update(data: chunk[..<count])
            if !isTooLarge { bytes.append(contentsOf: chunk[..<count]) }
        }
        var after = stat()
        guard fstat(descriptor, &after) == 0, size == Int(before.st_size), after.st_size == before.st_size,
            after.st_mtim.tv_sec == before.st_mtim.tv_sec, after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
        else { return nil }
        return InboxFile(
            name: name,
            bytes: bytes,
            sha256: Array(hash.finalize()),
            age: age < 0 ? .max : age,
            isTooLarge: isTooLarge,
            size: size
        )
    }

    func wasMoved(_ file: InboxFile) -> Bool {
        [done, held].contains { folder in access(folder.path + "/", of: file.movedName) }
    }

    /// Moves a file out of the way. Gone already is as good. False when it is not what was read any more, because its writer goes on: then it lies
    /// in the folder again, under a name of its own, and is read as a whole when it has settled.
    func move(_ file: InboxFile, to target: Folder) throws -> Bool {
        let from = Array((folder.path + "/").utf8CString.dropLast()) + file.name
        let to = Array((target.path + "/").utf8CString.dropLast()) + file.movedName
        guard rename(from, to) == 0 || errno == ENOENT else { throw FileFault("rename") }
        let hasChanged = hasChanged(file, in: target)
        if hasChanged { try putBack(file, from: target) }
        try target.settle()
        try folder.settle()
        return !hasChanged
    }

    /// Read again, for a write within the resolution of the clock leaves size and time as they were.
    private func hasChanged(_ file: InboxFile, in target: Folder) -> Bool {
        guard let (descriptor, status) = try? target.open(file.movedName) else { return false }  // it was gone already
        defer { close(descriptor) }
        guard Int(status.st_size) == file.size else { return true }
        var hash = SHA256()
        var chunk = [UInt8](repeating: 0, count: 262_144)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            // What cannot be read again is left where it is.
            guard count >= 0 else { return false }
            if count == 0 { return Array(hash.finalize()) != file.sha256 }
            hash.update(data: chunk[..<count])
        }
    }

    /// By link and unlink: a rename would write over what has the name.
    private func putBack(_ file: InboxFile, from target: Folder) throws {
        let from = Array((target.path + "/").utf8CString.dropLast()) + file.movedName
        let to = Array((folder.path + "/").utf8CString.dropLast()) + file.movedName
        guard link(from, to) == 0 else { throw FileFault("link") }
        guard unlink(from) == 0 else { throw FileFault("unlink") }
    }

    private func access(_ path: String, of name: [CChar]) -> Bool {
        Glibc.access(Array(path.utf8CString.dropLast()) + name, F_OK) == 0
    }

    private static let mostNames = 200_000
}
