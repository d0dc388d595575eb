internal import CArgon2
import Values

/// Argon2id (RFC 9106) through libargon2, in its own encoding: parameters and salt are part of the text, so they can be raised later.
struct PasswordHash: Sendable {
    /// In KiB. OWASP's first recommendation: 19 MiB, two passes, one lane.
    var memory: UInt32 = 19_456
    var passes: UInt32 = 2
    var lanes: UInt32 = 1

    private static let length = 32

    /// Nobody's password, with the same parameters: judged in the place of an account that does not exist, so that both take as long.
    static let dummy = "$argon2id$v=19$m=19456,t=2,p=1$cG9seWNsaW5pYy5kdW1teQ$Fs0lkuu8pVE1qSsHika6e05F/Wy9OyjFCCQvmiT38NI"

    /// Takes tens of milliseconds and `memory`: only ever on a hashing lane. nil when memory ran out.
    func make(_ password: [UInt8], salt: [UInt8]) -> String? {
        let size = argon2_encodedlen(passes, memory, lanes, UInt32(clamping: salt.count), UInt32(PasswordHash.length), Argon2_id)
        var encoded = [CChar](repeating: 0, count: size)
        let result = argon2id_hash_encoded(
            passes,
            memory,
            lanes,
            password,
            password.count,
            salt,
            salt.count,
            PasswordHash.length,
            &encoded,
            size
        )
        guard result == ARGON2_OK.rawValue else { return nil }
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Compared in constant time by the library.
    static func matches(_ password: [UInt8], _ encoded: String) -> Bool {
        argon2id_verify(encoded, password, password.count) == ARGON2_OK.rawValue
    }
}
