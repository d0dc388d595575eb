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

    /// The folders of `folder` by their tenants and the files in them by their ids, with the head of each: what `KeyRing.keyID` takes.
    func each(_ body: @escaping @Sendable (_ tenant: UUID, _ id: UUID, _ head: [UInt8]) async throws -> Void) async throws {
        let root = root
        for tenant in try await FileLane.run({ try root.names() }) {
            guard let owner = UUID(compact: tenant) else { continue }
            for part in try await FileLane.run({ try root.folder(tenant).names() }) {
                let folder = root.folder(tenant).folder(part)
                for name in try await FileLane.run({ try folder.names() }) {
                    guard let id = UUID(name) else { continue }
                    try await body(owner, id, try await FileLane.run { try folder.head(name, count: 5) })
                }
            }
        }
    }

    /// Seals a file anew with the key in use. It is replaced whole: whoever reads it meanwhile reads the one or the other.
    func reseal(_ tenant: UUID, _ id: UUID) async throws {
        let folder = folder(tenant, id)
        guard let bytes = try await bytes(of: tenant, id) else { return }
        let sealed = try keys.seal(bytes, for: context(tenant, id))
        try await FileLane.run { try folder.replace(id.description, with: sealed) }
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
