import Glibc
import Values

/// A folder of files that are written whole or not at all. All calls block: use them through `FileLane`.
struct Folder: Sendable, Hashable {
    let path: String

    init(_ path: String) {
        self.path = path
    }

    func folder(_ name: String) -> Folder { Folder(path + "/" + name) }

    /// Makes the folder and those above it.
    func make() throws {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: true) {
            made += path.hasPrefix("/") || !made.isEmpty ? "/" + part : String(part)
            if mkdir(made, 0o700) != 0, errno != EEXIST { throw FileFault("mkdir") }
        }
    }

    func contains(_ name: String) -> Bool { access(path + "/" + name, F_OK) == 0 }

    /// Writes a file under a temporary name, makes it durable, and gives it its name. Nothing happens when it is there already with the
    /// same bytes. Errors: it is there with other bytes (EEXIST); the disk.
    func write(_ bytes: [UInt8], as name: String) throws {
        if contains(name) {
            guard try read(name, limit: bytes.count + 1) == bytes else { throw FileFault("write", EEXIST) }
            return
        }
        try replace(name, with: bytes)
    }

    /// The same, in place of what is there.
    func replace(_ name: String, with bytes: [UInt8]) throws {
        var generator = SystemRandomNumberGenerator()
        let temporary = "\(path)/.\(name).\(String(generator.next(), radix: 36)).part"
        do {
            try Folder.fill(temporary, bytes)
            try DurableFile.name(temporary, path + "/" + name)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// The whole file. Errors: it is no regular file (EINVAL), it is larger than `limit` bytes (EFBIG), or it cannot be read.
    func read(_ name: String, limit: Int) throws -> [UInt8] {
        let (descriptor, status) = try open(Array(name.utf8CString))
        defer { close(descriptor) }
        return try Folder.drain(descriptor, size: Int(status.st_size), limit: limit)
    }

    /// The first bytes of a file; fewer when it is shorter.
    func head(_ name: String, count: Int) throws -> [UInt8] {
        let (descriptor, _) = try open(Array(name.utf8CString))
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = Glibc.read(descriptor, &bytes, count)
        guard got >= 0 else { throw FileFault("read") }
        return Array(bytes.prefix(got))
    }

    /// What is in the folder, sorted; nothing when there is no folder.
    func names() throws -> [String] {
        guard let entries = opendir(path) else {
            if errno == ENOENT { return [] }
            throw FileFault("opendir")
        }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes renames in this folder durable.
    func settle() throws { try DurableFile.settle(path) }

    /// Opens a regular file, following no link. `O_NONBLOCK`, so that a named pipe cannot hold us.
    func open(_ name: [CChar]) throws -> (descriptor: Int32, status: stat) {
        let folder = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw FileFault("open") }
        defer { close(folder) }
        let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFault("openat") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw FileFault("fstat", EINVAL)
        }
        return (descriptor, status)
    }

    static func drain(_ descriptor: Int32, size: Int, limit: Int) throws -> [UInt8] {
        guard size <= limit else { throw FileFault("read", EFBIG) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFault("read") }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw FileFault("read", EFBIG) }
        }
    }

    private static func fill(_ path: String, _ bytes: [UInt8]) throws {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw FileFault("open") }
        defer { close(descriptor) }
        try DurableFile.fill(descriptor, bytes)
    }
}
