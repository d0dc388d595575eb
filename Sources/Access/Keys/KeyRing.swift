import Crypto
public import Values

/// The platform's keys: seals columns, makes look-up digests, tags cursors and tokens. Every purpose has a key of its own, derived (HKDF) from
/// a master key, so that nothing made for one purpose is of use for another. Several master keys may be present: the last one makes, all
/// read, which is how keys are rotated.
public struct KeyRing: Sendable {
    public enum Failure: Error, Hashable, Sendable {
        /// The key file: which line is wrong and why.
        case keyFile(line: Int, String)
        /// Not made by us, or cut.
        case malformed
        /// Made with a key that is not in the file.
        case unknownKey(UInt32)
        /// Altered, or moved from another row, column or tenant.
        case forged
    }

    struct Master: Sendable {
        let id: UInt32
        let key: SymmetricKey

        /// Same purpose, same key.
        func derived(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Array(purpose.utf8), outputByteCount: 32)
        }

        func digest(_ bytes: [UInt8], _ purpose: String) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: bytes, using: derived(purpose)))
        }

        func signingKey() throws -> Curve25519.Signing.PrivateKey {
            try Curve25519.Signing.PrivateKey(rawRepresentation: derived("checkpoint").withUnsafeBytes { Array($0) })
        }
    }

    /// What is left of a key that nothing uses any more.
    struct Retired: Sendable {
        let id: UInt32
        let checks: Curve25519.Signing.PublicKey
    }

    /// All of one moment.
    struct Keys: Sendable {
        let current: Master
        /// The keys of before, the newest first.
        let former: [Master]
        let retired: [Retired]

        init(_ text: String) throws(Failure) {
            let file = try KeyFile(text)
            var masters = file.masters
            guard let current = masters.popLast() else { throw .keyFile(line: 0, "there is no key") }
            self.current = current
            former = masters.reversed()
            retired = file.retired
        }

        var all: [Master] { [current] + former }
    }

    private let source: KeySource

    init(source: KeySource) {
        self.source = source
    }

    private var current: Master { source.keys.current }
    private var all: [Master] { source.keys.all }

    /// The number of the key that seals now.
    public var currentID: UInt32 { current.id }

    /// The numbers of all keys that open, the current one first.
    public var ids: [UInt32] { all.map(\.id) }

    /// The numbers of the keys that are gone.
    public var retiredIDs: [UInt32] { source.keys.retired.map(\.id) }

    // MARK: Sealed columns

    /// Format 1: the byte 1, the key's id (4 bytes), nonce (12), ciphertext, tag (16). What it stands for is authenticated, not stored.
    public func seal(_ plain: [UInt8], for context: SealContext) throws(Failure) -> [UInt8] {
        let current = current
        guard let box = try? AES.GCM.seal(plain, using: current.derived("seal"), authenticating: context.bytes), let combined = box.combined
        else { throw .malformed }
        return [1] + bigEndian(current.id) + Array(combined)
    }

    public func seal(_ text: String, for context: SealContext) throws(Failure) -> [UInt8] { try seal(Array(text.utf8), for: context) }

    public func open(_ sealed: [UInt8], for context: SealContext) throws(Failure) -> [UInt8] {
        guard let id = KeyRing.keyID(sealed) else { throw .malformed }
        guard let master = all.first(where: { $0.id == id }) ?? source.newest.all.first(where: { $0.id == id }) else {
            throw .unknownKey(id)
        }
        guard let box = try? AES.GCM.SealedBox(combined: sealed[5...]),
            let plain = try? AES.GCM.open(box, using: master.derived("seal"), authenticating: context.bytes)
        else { throw .forged }
        return Array(plain)
    }

    public func openText(_ sealed: [UInt8], for context: SealContext) throws(Failure) -> String {
        guard let text = String(validating: try open(sealed, for: context), as: UTF8.self) else { throw .malformed }
        return text
    }

    /// False when a rotation has still to seal it anew.
    public func isCurrent(_ sealed: [UInt8]) -> Bool { KeyRing.keyID(sealed) == current.id }

    /// The number of the key that sealed it; its first five bytes are enough.
    public static func keyID(ofHead head: [UInt8]) -> UInt32? {
        guard head.count >= 5, head[0] == 1 else { return nil }
        return head[1..<5].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func keyID(_ sealed: [UInt8]) -> UInt32? {
        guard sealed.count >= 33, sealed[0] == 1 else { return nil }
        return sealed[1..<5].reduce(0) { $0 << 8 | UInt32($1) }
    }

    // MARK: Digests and tags

    /// A keyed hash (32 bytes) for looking up what is sealed by equality.
    public func digest(_ text: String, purpose: StaticString) -> [UInt8] { current.digest(Array(text.utf8), "digest:\(purpose)") }

    /// The digest under every key, the current one first: what a look-up asks for while a rotation runs.
    public func digests(_ text: String, purpose: StaticString) -> [[UInt8]] { all.map { $0.digest(Array(text.utf8), "digest:\(purpose)") } }

    /// Authenticates what is handed out and comes back: cursors, links.
    public func tag(_ bytes: [UInt8], purpose: StaticString) -> [UInt8] { current.digest(bytes, "tag:\(purpose)") }

    /// In constant time, under every key.
    public func checks(_ tag: [UInt8], of bytes: [UInt8], purpose: StaticString) -> Bool {
        all.contains { HMAC<SHA256>.isValidAuthenticationCode(tag, authenticating: bytes, using: $0.derived("tag:\(purpose)")) }
    }

    // MARK: Derived secrets and signatures

    /// 20 bytes that follow from a token: a secret that need not be stored before it is confirmed. Under every key, the current one first:
    /// who was shown one before a rotation may confirm it after.
    func secrets(for token: [UInt8], purpose: StaticString) -> [[UInt8]] {
        all.map { Array($0.digest(token, "secret:\(purpose)").prefix(20)) }
    }

    /// The Ed25519 key for exported checkpoints.
    func signingKey() throws -> Curve25519.Signing.PrivateKey { try current.signingKey() }

    /// What checks checkpoints, also those of retired keys; it may be given to anybody.
    func checkpointKeys() throws -> [Curve25519.Signing.PublicKey] {
        let keys = source.keys
        return try keys.all.map { try $0.signingKey().publicKey } + keys.retired.map(\.checks)
    }
}

func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

/// What a sealed value belongs to. A ciphertext that was moved to another row, column, table or tenant does not open.
public struct SealContext: Sendable, Hashable {
    let bytes: [UInt8]

    /// `tenant` is the id of the location or organization, or of the account.
    public init(tenant: UUID, table: StaticString, id: UUID, column: StaticString) {
        bytes = tenant.bytes + id.bytes + Array("\(table)".utf8) + [0] + Array("\(column)".utf8)
    }

    public init(location: LocationID, table: StaticString, id: UUID, column: StaticString) {
        self.init(tenant: location.uuid, table: table, id: id, column: column)
    }

    public init(organization: OrganizationID, table: StaticString, id: UUID, column: StaticString) {
        self.init(tenant: organization.uuid, table: table, id: id, column: column)
    }
}
