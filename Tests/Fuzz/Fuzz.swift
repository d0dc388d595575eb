import Access
import Glibc
import Values
import Web
import X12

// libFuzzer's own main loop; linked in by -sanitize=fuzzer.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Feeds what libFuzzer makes up to everything that reads bytes from outside. Nothing may trap, and nothing may take in what it cannot give
/// back. Built and run by `deploy/test --long`.
@main
enum Fuzz {
    static func main() {
        var count = CommandLine.argc
        var words = CommandLine.unsafeArgv
        exit(
            runFuzzer(&count, &words) { start, size in
                Fuzz.read(Array(UnsafeBufferPointer(start: start, count: size)))
                return 0
            }
        )
    }

    /// The first byte chooses the reader.
    private static func read(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        switch first % 4 {
        case 0: json(rest)
        case 1: shape(rest)
        case 2: remittance(rest)
        default: cursor(rest)
        }
    }

    private static func json(_ bytes: [UInt8]) {
        guard let value = try? JSON.parse(bytes) else { return }  // refused: as good as taken
        let written = value.bytes
        guard let again = try? JSON.parse(written), again == value else { fatalError("what was written is not what was read") }
    }

    private static func shape(_ bytes: [UInt8]) {
        guard let json = try? JSON.parse(bytes), let sample = try? Sample.shape.read(json) else { return }  // refused: as good as taken
        guard let again = try? JSON.parse(Sample.shape.bytes(sample)), (try? Sample.shape.read(again)) == sample else {
            fatalError("a body is not what was read")
        }
    }

    private static func remittance(_ bytes: [UInt8]) {
        var reader = RemittanceReader()
        // Cut anywhere, it is the same file.
        let middle = bytes.count / 3
        reader.read(Array(bytes[..<middle])) { _ in }
        reader.read(Array(bytes[middle...])) { _ in }
        let verdict = reader.finish { _ in }
        var whole = RemittanceReader()
        whole.read(bytes) { _ in }
        guard whole.finish({ _ in }).findings.map(\.code) == verdict.findings.map(\.code) else { fatalError("the cut shows") }
        _ = inspect(bytes)
    }

    private static func cursor(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let sealed = Base64URL.decode(text) {
            guard Base64URL.encode(sealed) == text else { fatalError("two spellings of one cursor") }
            _ = try? keys.open(sealed, for: place)  // hardly ever opens
        }
        _ = try? JSON.parse(bytes)
    }

    private static let place = SealContext(tenant: UUID(high: 1, low: 2), table: "cursor", id: UUID(high: 3, low: 4), column: "position")
    private static let keys: KeyRing = {
        guard let keys = try? KeyRing(text: "1 " + String(repeating: "ab", count: 32)) else { fatalError("no keys") }
        return keys
    }()
}
