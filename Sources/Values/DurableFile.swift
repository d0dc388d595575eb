import Glibc

/// The steps by which a file is there whole or not at all, whenever the machine stops: its bytes reach the disk under a temporary name, the
/// rename puts it in place, and the folder that holds the name reaches the disk too.
public enum DurableFile {
    /// Writes all bytes to an open file and waits until they are on the disk. Errors: `FileFault`.
    public static func fill(_ descriptor: Int32, _ bytes: [UInt8]) throws {
        try put(descriptor, bytes)
        guard fsync(descriptor) == 0 else { throw FileFault("fsync") }
    }

    /// Writes all bytes to an open file, however many calls that takes. Errors: `FileFault`.
    public static func put(_ descriptor: Int32, _ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileFault("write") }
            written += count
        }
    }

    /// Gives a file that is on the disk its name, in place of what bore it. Both are in one folder. Errors: `FileFault`.
    public static func name(_ temporary: String, _ path: String) throws {
        guard rename(temporary, path) == 0 else { throw FileFault("rename") }
        try settle(path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
    }

    /// Waits until the names in a folder are on the disk. Errors: `FileFault`.
    public static func settle(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFault("open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileFault("fsync") }
    }
}
