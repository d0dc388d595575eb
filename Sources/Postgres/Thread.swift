internal import CLibpq
internal import Glibc

/// Runs `body` on a thread of its own: the reactor's loop, and the few calls that block (name look-up, PQcancel).
func onNewThread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    final class Work: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    let work = Unmanaged.passRetained(Work(name: name, body: body))
    var thread = pthread_t()
    let failed = pthread_create(
        &thread,
        nil,
        { raw in
            guard let raw else { return nil }
            let work = Unmanaged<Work>.fromOpaque(raw).takeRetainedValue()
            name_this_thread(work.name)
            work.body()
            return nil
        },
        work.toOpaque()
    )
    // Out of threads: better late and slow than never, and nobody waits for ever.
    guard failed == 0 else { return work.takeRetainedValue().body() }
    pthread_detach(thread)
}

/// The addresses of a host, for `hostaddr`; blocks. Empty when there are none.
func addresses(of host: String) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [String] = []
    var next = list
    while let entry = next, found.count < 8 {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        if getnameinfo(entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
            found.append(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        next = entry.pointee.ai_next
    }
    return found
}

/// True for what needs no look-up: an address, or the directory of a Unix socket.
func isAddress(_ host: String) -> Bool {
    if host.hasPrefix("/") { return true }
    var space = in6_addr()
    return inet_pton(AF_INET, host, &space) == 1 || inet_pton(AF_INET6, host, &space) == 1
}
