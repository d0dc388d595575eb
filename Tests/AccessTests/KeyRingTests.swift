import TestSupport
import Testing
import Values

@testable import Access

@Suite("key ring")
struct KeyRingTests {
    private let one = String(repeating: "0a", count: 32)
    private let two = String(repeating: "f1", count: 32)
    private let location = LocationID(UUID(high: 7, low: 7))
    private let row = UUID(high: 8, low: 8)

    private func context(_ location: LocationID, _ row: UUID, _ table: StaticString = "patient", _ column: StaticString = "tax_id")
        -> SealContext
    {
        SealContext(location: location, table: table, id: row, column: column)
    }

    @Test("what is sealed opens in its place, and says nothing twice")
    func roundTrip() throws {
        let keys = try KeyRing(text: one)
        let sealed = try keys.seal("123-45-6789", for: context(location, row))
        #expect(try keys.openText(sealed, for: context(location, row)) == "123-45-6789")
        #expect(try keys.seal("123-45-6789", for: context(location, row)) != sealed)
        #expect(try keys.open(try keys.seal([], for: context(location, row)), for: context(location, row)).isEmpty)
    }

    @Test("a ciphertext moved to another place does not open", .shows("AP-5"))
    func moved() throws {
        let keys = try KeyRing(text: one)
        let sealed = try keys.seal("123-45-6789", for: context(location, row))
        let other = UUID(high: 9, low: 9)
        for place in [
            context(LocationID(other), row), context(location, other), context(location, row, "person"),
            context(location, row, "patient", "member_id"),
            context(LocationID(row), location.uuid), context(location, row, "patien", "ttax_id"),
        ] {
            #expect(throws: KeyRing.Failure.forged) { try keys.open(sealed, for: place) }
        }
    }

    @Test("an altered or cut ciphertext does not open")
    func altered() throws {
        let keys = try KeyRing(text: one)
        let sealed = try keys.seal("123-45-6789", for: context(location, row))
        for position in sealed.indices {
            var altered = sealed
            altered[position] ^= 1
            #expect(throws: KeyRing.Failure.self) { try keys.open(altered, for: context(location, row)) }
        }
        for length in 0..<sealed.count {
            #expect(throws: KeyRing.Failure.self) { try keys.open(Array(sealed.prefix(length)), for: context(location, row)) }
        }
    }

    @Test("after a rotation the old key still reads and the new one makes")
    func rotation() throws {
        let before = try KeyRing(text: "1 \(one)\n")
        let after = try KeyRing(text: "# keys of the platform\n1 \(one)\n2 \(two)\n")
        let sealed = try before.seal("x", for: context(location, row))
        #expect(try after.openText(sealed, for: context(location, row)) == "x")
        #expect(!after.isCurrent(sealed))
        let anew = try after.seal("x", for: context(location, row))
        #expect(after.isCurrent(anew))
        #expect(throws: KeyRing.Failure.unknownKey(2)) { try before.open(anew, for: context(location, row)) }
        #expect(after.digests("a", purpose: "p").contains(before.digest("a", purpose: "p")))
        #expect(after.digest("a", purpose: "p") == after.digests("a", purpose: "p").first)
        #expect(after.checks(before.tag([1, 2], purpose: "cursor"), of: [1, 2], purpose: "cursor"))
    }

    @Test("keys of different purposes have nothing to do with each other")
    func purposes() throws {
        let keys = try KeyRing(text: one)
        #expect(keys.digest("a", purpose: "p") != keys.digest("a", purpose: "q"))
        let tag = keys.tag([1, 2, 3], purpose: "cursor")
        #expect(keys.checks(tag, of: [1, 2, 3], purpose: "cursor"))
        #expect(!keys.checks(tag, of: [1, 2, 3], purpose: "link"))
        #expect(!keys.checks(tag, of: [1, 2, 4], purpose: "cursor"))
        #expect(!keys.checks([], of: [1, 2, 3], purpose: "cursor"))
    }

    @Test(
        "a bad key file is refused with the line",
        arguments: ["", "# nothing\n", "abcd", "1 abcd", "x \(String(repeating: "0a", count: 32))", "1 2 3"]
    )
    func badFile(text: String) {
        #expect(throws: KeyRing.Failure.self) { try KeyRing(text: text) }
    }

    @Test("a number used twice is refused")
    func twice() {
        #expect(throws: KeyRing.Failure.keyFile(line: 2, "key 1 appears twice")) { try KeyRing(text: "1 \(one)\n1 \(two)") }
    }

    @Test("base64url has one spelling for each value")
    func base64() {
        for length in 0...40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Base32.decode(Base32.encode(bytes)) == bytes)
        }
        #expect(Base64URL.encode([0xfb, 0xff]) == "-_8")
        for text in ["-_9", "A", "AA==", "A+", "é"] { #expect(Base64URL.decode(text) == nil) }
    }
}
