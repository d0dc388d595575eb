import Glibc
import Synchronization

/// A way to the server that a test can cut, close and silence: what a crash, a restart and a dead network look like from outside.
final class Proxy: Sendable {
    private struct State {
        var pairs: [(client: Int32, server: Int32)] = []
        var isRefusing = false
        var isSilent = false
    }

    let port: Int
    private let target: Int
    private let listener: Int32
    private let state = Mutex(State())

    init(to target: Int) throws {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Proxy.local(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound, listen(listener, 64) == 0 else { throw NothingThere() }
        port = Int(UInt16(bigEndian: address.sin_port))
        thread { self.accept() }
    }

    private static func local(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Ends all connections; `refuse` also ends each new one at once.
    func cut(refuse: Bool = false) {
        let pairs = state.withLock { state in
            state.isRefusing = refuse
            return state.pairs
        }
        for pair in pairs {
            shutdown(pair.client, Int32(SHUT_RDWR))
            shutdown(pair.server, Int32(SHUT_RDWR))
        }
    }

    /// Ends each new connection at once; those there are stay.
    func refuse(_ isRefusing: Bool) { state.withLock { $0.isRefusing = isRefusing } }

    /// Swallows what the server says.
    func silence(_ isSilent: Bool) { state.withLock { $0.isSilent = isSilent } }

    func close() {
        cut(refuse: true)
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else {
                Glibc.close(listener)
                return
            }
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = Proxy.local(target)
            let isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
            }
            let isRefused = state.withLock { state in
                if !state.isRefusing { state.pairs.append((client, server)) }
                return state.isRefusing
            }
            guard isConnected, !isRefused else {
                Glibc.close(client)
                Glibc.close(server)
                continue
            }
            thread { self.pump(client, server, isAnswer: false) }
            thread { self.pump(server, client, isAnswer: true) }
        }
    }

    private func pump(_ from: Int32, _ to: Int32, isAnswer: Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(from, &buffer, buffer.count)
            guard count > 0 else { break }
            if isAnswer, state.withLock({ $0.isSilent }) { continue }
            var sent = 0
            while sent < count {
                let more = buffer.withUnsafeBytes {
                    send(to, UnsafeRawBufferPointer(rebasing: $0[sent...]).baseAddress, count - sent, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { break }
                sent += more
            }
        }
        // The other direction sees the end too; the descriptors are left to the end of the process, so that no number is used twice.
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
    }

    private func thread(_ body: @escaping @Sendable () -> Void) {
        final class Work: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        pthread_create(
            &thread,
            nil,
            { raw in
                if let raw { Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().body() }
                return nil
            },
            Unmanaged.passRetained(Work(body)).toOpaque()
        )
        pthread_detach(thread)
    }
}
