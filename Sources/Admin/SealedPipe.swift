import Access
import Assembly
import Glibc
import Values

/// What another program writes, sealed on its way to a file; and back.
enum SealedPipe {
    /// Runs a command, whose text is ours, and seals what it writes. Answers the length of the file, which gets its name when it is whole.
    /// Errors: `backup_failed` when the command ends with another status than 0.
    static func write(_ command: StaticString, to path: String, _ stream: SealedStream) throws -> Int {
        var stream = stream
        guard let source = popen("\(command)", "r") else { throw Problem(.failed, "backup_failed", "No program could be started.") }
        var isOpen = true
        defer { if isOpen { pclose(source) } }
        guard let target = fopen(path + ".part", "wx") else { throw Problem(.failed, "backup_failed", "\(path) cannot be written.") }
        defer { fclose(target) }
        var size = try put(stream.head, target)
        var waiting = try take(source)
        while true {
            let next = waiting.count < SealedStream.part ? [] : try take(source)
            let sealed = try stream.seal(waiting, isLast: next.isEmpty)
            size += try put(withUnsafeBytes(of: UInt32(clamping: sealed.count).bigEndian) { Array($0) } + sealed, target)
            if next.isEmpty { break }
            waiting = next
        }
        isOpen = false
        guard pclose(source) == 0 else { throw Problem(.failed, "backup_failed", "The backup's program failed; it says why above.") }
        guard fflush(target) == 0, fsync(fileno(target)) == 0, (try? DurableFile.name(path + ".part", path)) != nil else {
            throw Problem(.failed, "backup_failed", "\(path) cannot be written.")
        }
        return size
    }

    /// Opens a sealed file, part by part. Errors: `backup_damaged`.
    static func read(_ path: String, _ keys: KeyRing, to descriptor: Int32) throws {
        guard let source = fopen(path, "r") else { throw Problem.invalid("backup_unreadable", "\(path) cannot be read.") }
        defer { fclose(source) }
        var head: [UInt8] = []
        while head.count < 100, head.last != 10 { head += try take(source, 1, orNone: false) }
        var stream = try SealedStream(keys, head: head)
        var size = try take(source, 4, orNone: false)
        while true {
            let count = size.reduce(0) { $0 << 8 | Int($1) }
            guard count <= SealedStream.part + 1024 else { throw SealedStream.damaged }
            let sealed = try take(source, count, orNone: false)
            size = try take(source, 4, orNone: true)
            let plain = try stream.open(sealed, isLast: size.isEmpty)
            do { try DurableFile.put(descriptor, plain) } catch {
                throw Problem(.failed, "backup_unreadable", "Standard output was closed.")
            }
            if size.isEmpty { return }
        }
    }

    private static func take(_ source: UnsafeMutablePointer<FILE>) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: SealedStream.part)
        let got = fread(&bytes, 1, bytes.count, source)
        guard ferror(source) == 0 else { throw Problem(.failed, "backup_failed", "The backup's program cannot be read.") }
        return Array(bytes.prefix(got))
    }

    private static func take(_ source: UnsafeMutablePointer<FILE>, _ count: Int, orNone: Bool) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = fread(&bytes, 1, count, source)
        guard got == count || (got == 0 && orNone) else { throw SealedStream.damaged }
        return Array(bytes.prefix(got))
    }

    private static func put(_ bytes: [UInt8], _ target: UnsafeMutablePointer<FILE>) throws -> Int {
        guard fwrite(bytes, 1, bytes.count, target) == bytes.count else {
            throw Problem(.failed, "backup_failed", "The backup cannot be written: \(String(cString: strerror(errno))).")
        }
        return bytes.count
    }
}
