import TestSupport
import Testing
import Values

@testable import Access

@Suite("passwords")
struct PasswordTests {
    private let words = ["Riverside Family Clinic", "Ada Lovelace", "ada.lovelace@riverside.example", "ada.lovelace"]

    @Test(
        "good ones are taken, of any characters",
        .shows("AU-3"),
        arguments: [
            "tangerine lampshade 9", "zkwvqpxm", "пароль для клиники", "correct staple violin battery", "🦷🐕🩺🐈🦉🦴🐢🌵",
            String(repeating: "long enough ", count: 21),
            "  leading and trailing  ", "Riverside was where we met Ada",
        ]
    )
    func accepted(password: String) throws {
        try PasswordRules.check(password, pointer: "/password", words: words)
    }

    @Test(
        "common, monotonous and guessable ones are refused",
        .shows("AU-3"),
        arguments: [
            "password", "Password1!", "P@ssw0rd", "p@ssw0rd2024!", "12345678", "123456789", "87654321", "abcdefgh", "aaaaaaaa", "abababab",
            "qwertyuiop",
            "Letmein1", "Summer2026!", "iloveyou", "dentist123", "correct horse battery staple", "RiversideFamilyClinic",
            "riversidefamilyclinic1", "AdaLovelace1815",
            "ada.lovelace", "Ada-Lovelace!!",
        ]
    )
    func known(password: String) {
        #expect(code(password) == "too_common")
    }

    @Test("seven characters are too few, however many bytes", .shows("AU-3"))
    func short() {
        #expect(code("zkwvqpx") == "too_short")
        #expect(code("🦷🐕🩺🐈🦉🦴🐢") == "too_short")
    }

    @Test("very long ones are refused before anything is done with them", .shows("AU-3"))
    func long() {
        #expect(code(String(repeating: "ab cd", count: 52)) == "too_long")
        #expect(code(String(repeating: "x", count: 10_000_000)) == "too_long")
    }

    private func code(_ password: String) -> String? {
        do throws(Problem) {
            try PasswordRules.check(password, pointer: "/password", words: words)
            return nil
        } catch {
            return error.errors.first?.code
        }
    }

    @Test("Argon2id takes its own hash back and no other")
    func hash() throws {
        let small = PasswordHash(memory: 64, passes: 1, lanes: 1)
        let bytes = Array("tangerine lampshade \0 9".utf8)
        let encoded = try #require(small.make(bytes, salt: [UInt8](repeating: 1, count: 16)))
        #expect(encoded.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(PasswordHash.matches(bytes, encoded))
        #expect(!PasswordHash.matches(Array("tangerine lampshade ".utf8), encoded), "a NUL ends nothing")
        #expect(!PasswordHash.matches(bytes, "no hash"))
        #expect(small.make(bytes, salt: [UInt8](repeating: 2, count: 16)) != encoded)
    }

    @Test("the hash judged for strangers costs what a real one costs", .shows("AU-5"))
    func dummy() throws {
        let real = try #require(PasswordHash().make([1], salt: [UInt8](repeating: 1, count: 16)))
        #expect(real.split(separator: "$").prefix(3) == PasswordHash.dummy.split(separator: "$").prefix(3))
        #expect(!PasswordHash.matches(Array("anything".utf8), PasswordHash.dummy))
    }

    @Test("a full hashing queue says so at once")
    func busy() async throws {
        let lanes = HashingLanes(threads: 1, queueLimit: 4)
        let codes = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    do throws(Problem) {
                        _ = try await lanes.run { PasswordHash.matches([1], PasswordHash.dummy) }
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(codes.contains("sign_in_busy"))
        #expect(codes.contains(nil))
    }
}

@Suite("guess limits")
struct GuessLimitsTests {
    @Test("the first failures are free, then the wait doubles up to a cap")
    func waits() {
        let account = GuessLimits().limit(.account)
        #expect((1...8).map(account.wait) == [0, 0, 0, 0, 0, 1, 2, 4])
        #expect(account.wait(after: 15) == 512)
        #expect(account.wait(after: 16) == 900)
        #expect(account.wait(after: 100) == 900)
    }

    @Test("an account bears at most a hundred failures in all, and strangers cannot use them all up")
    func total() {
        let limits = GuessLimits()
        #expect(limits.limit(.account).failures <= 100)
        #expect(limits.accountStrangers < limits.accountTotal)
        #expect(limits.limit(.account).window == nil)
    }

    @Test("one household is one source, however many addresses it has")
    func network() {
        #expect(GuessCounter.network("2001:db8:1:2::1") == GuessCounter.network("2001:db8:1:2:ffff::9"))
        #expect(GuessCounter.network("2001:db8:1:2::1") != GuessCounter.network("2001:db8:1:3::1"))
        #expect(GuessCounter.network("192.0.2.1") == "192.0.2.1")
        #expect(GuessCounter.network("nonsense") == "nonsense")
    }

    @Test("addresses that differ in case or blanks are one")
    func email() {
        #expect(EmailAddress(" Ada@Example.ORG ")?.key == "ada@example.org")
        for text in [
            "", "ada", "@example.org", "ada@", "a b@example.org", "ada@example", "a@b@example.org", "ada@example.org\nx",
            "a\u{0}@example.org",
        ] {
            #expect(EmailAddress(text) == nil, "\(text)")
        }
    }
}
