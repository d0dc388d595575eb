import Access
import Values

/// Files of tenants, sealed: bytes are encrypted for one tenant and one id, kept once, and never changed.
struct ObjectStore: Sendable {
    private let root: Folder
    private let keys: KeyRing

    init(root: Folder, keys: KeyRing) {
        self.root = root
        self.keys = keys
    }

    /// Keeps the bytes; nothing happens when the id is kept already.
    func keep(_ bytes: [UInt8], of tenant: UUID, as id: UUID) async throws {
        let sealed = try keys.seal(bytes, for: context(tenant, id))
        let folder = folder(tenant, id)
        try await FileLane.run {
            if folder.contains(id.description) { return }
            try folder.make()
            try folder.write(sealed, as: id.description)
        }
    }

    /// nil when nothing is kept under this id. Errors: what is kept was altered, or its key is gone.
    func bytes(of tenant: UUID, _ id: UUID) async throws -> [UInt8]? {
        let folder = folder(tenant, id)
        let sealed: [UInt8]? = try await FileLane.run {
            guard folder.contains(id.description) else { return nil }
            return try folder.read(id.description, limit: ObjectStore.largest)
        }
        return try sealed.map { try keys.open($0, for: context(tenant, id)) }
    }

    /// What a sealed file may measure; larger ones are refused before they are read.
    static let largest = 256 * 1024 * 1024

    private func folder(_ tenant: UUID, _ id: UUID) -> Folder {
        root.folder(tenant.compact).folder(String(id.compact.suffix(2)))
    }

    private func context(_ tenant: UUID, _ id: UUID) -> SealContext {
        SealContext(tenant: tenant, table: "file", id: id, column: "bytes")
    }
}
