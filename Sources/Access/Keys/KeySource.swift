import FoundationEssentials
import Glibc
import Synchronization

/// Where a process has its keys from: a text, or a file that may change while it runs. A file that cannot be read or understood changes
/// nothing: the keys of before stay.
final class KeySource: Sendable {
    private struct Stamp: Equatable {
        let device: UInt
        let file: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private struct State {
        var keys: KeyRing.Keys
        var stamp: Stamp?
        var lookedAt: ContinuousClock.Instant
    }

    private let path: String?
    private let state: Mutex<State>
    private let interval: Duration = .seconds(1)

    init(_ keys: KeyRing.Keys) {
        path = nil
        state = Mutex(State(keys: keys, stamp: nil, lookedAt: .now))
    }

    init(path: String) throws(KeyRing.Failure) {
        self.path = path
        // Stamped before it is read: what changes in between is read again.
        let stamp = KeySource.stamp(path)
        state = Mutex(State(keys: try KeySource.read(path), stamp: stamp, lookedAt: .now))
    }

    /// As of at most a second ago.
    var keys: KeyRing.Keys {
        state.withLock { state in
            look(&state, since: interval)
            return state.keys
        }
    }

    /// As of now: something bears the number of a key that was not there a moment ago.
    var newest: KeyRing.Keys {
        state.withLock { state in
            look(&state, since: .zero)
            return state.keys
        }
    }

    private func look(_ state: inout State, since interval: Duration) {
        guard let path, ContinuousClock.now - state.lookedAt >= interval else { return }
        state.lookedAt = .now
        guard let stamp = KeySource.stamp(path), stamp != state.stamp, let keys = try? KeySource.read(path) else { return }  // see above
        state.keys = keys
        state.stamp = stamp
    }

    private static func read(_ path: String) throws(KeyRing.Failure) -> KeyRing.Keys {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw .keyFile(line: 0, "it cannot be read") }
        return try KeyRing.Keys(text)
    }

    private static func stamp(_ path: String) -> Stamp? {
        var about = stat()
        guard stat(path, &about) == 0 else { return nil }
        return Stamp(
            device: UInt(about.st_dev),
            file: UInt(about.st_ino),
            size: Int(about.st_size),
            seconds: about.st_mtim.tv_sec,
            nanoseconds: about.st_mtim.tv_nsec
        )
    }
}
