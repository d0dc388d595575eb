import FoundationEssentials
import Glibc
import Values

extension KeyFile {
    /// Puts a key in use, a new one or, by its number, one that only opened. It is durable in the file before anything is sealed with it:
    /// the machine may stop between the two changes and after either. Answers the key's number.
    public static func rotate(_ path: String, to id: UInt32?, newKey: [UInt8]) throws -> UInt32 {
        let id = try id ?? change(path) { $0.add(newKey) }
        try change(path) { try $0.use(id) }
        return id
    }

    /// Changes the file whole or not at all: a temporary file beside it, made durable, takes its name. Owner and rights stay, others may
    /// not read it. Two changes at once: the second is refused. Errors: `key_file_unwritable`, `key_file_busy`, what `body` throws.
    public static func change<Value>(_ path: String, _ body: (inout KeyFile) throws -> Value) throws -> Value {
        // A link stays a link: what it points to is changed.
        guard let real = realpath(path, nil) else { throw unwritable(path) }
        defer { free(real) }
        let path = String(cString: real)
        let folder = open(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw unwritable(path) }
        defer { close(folder) }
        guard flock(folder, LOCK_EX | LOCK_NB) == 0 else {
            throw Problem.conflict("key_file_busy", "Another command is changing the key file. Nothing was changed.")
        }
        var about = stat()
        guard stat(path, &about) == 0, let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw unwritable(path) }
        var file = try KeyFile(text)
        let value = try body(&file)
        // One writer at a time: what lies there is left of one that was killed.
        let temporary = path + ".part"
        unlink(temporary)
        do {
            try fill(temporary, Array(file.text.utf8), like: about)
            try DurableFile.name(temporary, path)
        } catch is FileFault {
            unlink(temporary)
            throw unwritable(path)
        }
        return value
    }

    private static func fill(_ path: String, _ bytes: [UInt8], like about: stat) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFault("open") }
        defer { close(descriptor) }
        if about.st_uid != geteuid() || about.st_gid != getegid() {
            guard fchown(descriptor, about.st_uid, about.st_gid) == 0 else { throw FileFault("fchown") }
        }
        guard fchmod(descriptor, about.st_mode & 0o640) == 0 else { throw FileFault("fchmod") }
        try DurableFile.fill(descriptor, bytes)
    }

    private static func unwritable(_ path: String) -> Problem {
        Problem(.failed, "key_file_unwritable", "\(path) cannot be changed here. Add a line of `polyclinic key generate` where it is kept.")
    }
}
