public import Access
import Synchronization
import Values

/// The sealed originals as a rotation of the keys sees them: who sealed which, and sealing anew.
public struct SealedFiles: Sendable {
    private let objects: ObjectStore
    private let keys: KeyRing

    public init(folder: String, keys: KeyRing) {
        objects = ObjectStore(root: Folder(folder), keys: keys)
        self.keys = keys
    }

    /// How many files each key has sealed.
    public func keyUse() async throws -> [UInt32: Int] {
        let use = Mutex<[UInt32: Int]>([:])
        try await objects.each { _, _, head in
            use.withLock { $0[KeyRing.keyID(ofHead: head) ?? 0, default: 0] += 1 }
        }
        return use.withLock { $0 }
    }

    /// Seals anew what an earlier key sealed, file by file; a run that was killed is simply run again. `before` runs before each file; what
    /// it throws ends the run.
    public func reseal(before: @escaping @Sendable () throws -> Void) async throws -> Resealed {
        let result = Mutex(Resealed())
        try await objects.each { tenant, id, head in
            guard KeyRing.keyID(ofHead: head) != keys.currentID else { return }
            try before()
            do {
                try await objects.reseal(tenant, id)
                result.withLock { $0.rows += 1 }
            } catch is KeyRing.Failure {
                result.withLock { $0.unreadable += 1 }
            }
        }
        return result.withLock { $0 }
    }
}
