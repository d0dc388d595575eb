import Testing
import Values

@testable import Claims

@Suite("Numbers of claims")
struct ClaimNumberTests {
    @Test("a number has 16 capitals and digits, no zero and no one, and lines add two digits")
    func form() {
        var seen: Set<String> = []
        for _ in 0..<1_000 {
            let number = ClaimNumber.of(Ambient.system.id())
            #expect(number.utf8.count == 16)
            #expect(number.utf8.allSatisfy { (65...90).contains($0) || (50...55).contains($0) })
            seen.insert(number)
        }
        #expect(seen.count == 1_000)
        #expect(ClaimNumber.line(7, of: "ABC") == "ABC07")
        #expect(ClaimNumber.line(50, of: "ABC") == "ABC50")
    }

    @Test("ids of one millisecond give different numbers, the same id the same")
    func stable() {
        let first = ClaimID(UUID(high: 0x0199_0000_0000_7001, low: 0x8000_0000_0000_0001))
        let second = ClaimID(UUID(high: 0x0199_0000_0000_7001, low: 0x8000_0000_0000_0002))
        #expect(ClaimNumber.of(first) == ClaimNumber.of(first))
        #expect(ClaimNumber.of(first) != ClaimNumber.of(second))
    }
}
