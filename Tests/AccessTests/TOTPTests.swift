import TestSupport
import Testing
import Values

@testable import Access

@Suite("one-time codes")
struct TOTPTests {
    private let secret = Array("12345678901234567890".utf8)

    @Test(
        "the vectors of RFC 6238 hold",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] as [(Int64, String)]
    )
    func vectors(seconds: Int64, code: String) {
        #expect(TOTP.code(secret: secret, step: seconds / 30, digits: 8) == code)
    }

    @Test("a code is taken one step early and one step late, not two", .shows("TM-5"))
    func window() {
        let now = Instant(seconds: 1_800_000_010)
        for (offset, accepted) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] as [(Int64, Bool)] {
            let code = TOTP.code(secret: secret, at: now.adding(seconds: offset))
            let step = TOTP.step(of: code, secret: secret, at: now)
            #expect((step != nil) == accepted)
            if accepted { #expect(step == TOTP.step(at: now.adding(seconds: offset))) }
        }
    }

    @Test("of many codes only the three of the window are taken")
    func wrongCodes() {
        let now = Instant(seconds: 1_800_000_010)
        let right = Set([-30, 0, 30].map { TOTP.code(secret: secret, at: now.adding(seconds: $0)) })
        for number in stride(from: 0, to: 1_000_000, by: 331) {
            let digits = String(number)
            let code = String(repeating: "0", count: 6 - digits.utf8.count) + digits
            #expect((TOTP.step(of: code, secret: secret, at: now) != nil) == right.contains(code), "\(code)")
        }
    }

    @Test("anything but six digits is wrong", arguments: ["", "1", "12345", "1234567", "abcdef", "００００００", "      "])
    func malformed(code: String) {
        #expect(TOTP.step(of: code, secret: secret, at: Instant(seconds: 1_800_000_000)) == nil)
    }

    @Test("the enrolment says what an authenticator app expects")
    func enrolment() {
        let enrolment = TOTPEnrolment(secret: secret, issuer: "Poly clinic", account: "ada@example.org", proof: "")
        #expect(enrolment.secret == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        #expect(Base32.decode(enrolment.secret) == secret)
        #expect(
            enrolment.uri.hasPrefix(
                "otpauth://totp/Poly%20clinic:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Poly%20clinic"
            )
        )
    }
}
