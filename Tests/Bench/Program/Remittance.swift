import ArgumentParser
import Glibc
import Values
import X12

extension Bench {
    /// Reads an 835 again and again on one thread, in pieces as from a disk, balancing every claim; prints claims, seconds of processor time and
    /// the most memory it held.
    struct Remittance: AsyncParsableCommand {
        @Argument(help: "The file.") var file: String
        @Option(help: "For so many seconds.") var seconds = 3.0

        func run() async throws {
            var claims = 0
            let began = processorTime()
            repeat {
                let verdict = try read()
                guard verdict.isPostable else {
                    throw Problem(.failed, "not_balanced", "The file is not trusted: \(verdict.findings.prefix(3)).")
                }
                claims += verdict.claims
            } while processorTime() - began < seconds
            let took = processorTime() - began
            print("{\"claims\": \(claims), \"seconds\": \(took), \"rss_kb\": \(try peak())}")
        }

        /// Kilobytes that were resident at most. `getrusage` would count what started this program, too.
        private func peak() throws -> Int {
            guard let stream = fopen("/proc/self/status", "r") else { throw Problem(.failed, "no_status", "/proc cannot be read.") }
            defer { fclose(stream) }
            let text = [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
                count = fread(buffer.baseAddress, 1, buffer.count, stream)
            }
            let line = String(decoding: text, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
        }

        private func read() throws -> RemittanceVerdict {
            guard let stream = fopen(file, "r") else { throw Problem(.failed, "file_unreadable", "\(file) cannot be read.") }
            defer { fclose(stream) }
            var reader = RemittanceReader()
            var handed = 0
            while true {
                let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                    count = fread(buffer.baseAddress, 1, buffer.count, stream)
                }
                if chunk.isEmpty { break }
                reader.read(chunk) { if case .claim = $0 { handed += 1 } }
            }
            let verdict = reader.finish { if case .claim = $0 { handed += 1 } }
            guard handed == verdict.claims else { throw Problem(.failed, "claims_lost", "\(handed) of \(verdict.claims) claims came.") }
            return verdict
        }

        private func processorTime() -> Double {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
    }
}
