import Testing
import X12

@Suite struct AmountTests {
    @Test(
        "an amount is read with no, one or two decimals and never as binary fraction",
        arguments: [
            ("150", 15000), ("5.5", 550), (".5", 50), ("0", 0), ("-3.32", -332), ("12.500", 1250), ("007.10", 710), ("-.05", -5),
            (" 12.3 ", 1230), ("5.", 500),
        ]
    )
    func reads(text: String, minor: Int64) {
        #expect(Amount(text)?.minor == minor)
    }

    @Test(
        "what is not an exact number of cents is no amount",
        arguments: ["", "-", ".", "1.234", "1e2", "1,000", "+1", "--1", "12345678901234", "1 2", "NaN", "1.2.3"]
    )
    func refuses(text: String) {
        #expect(Amount(text) == nil)
    }

    @Test(
        "an amount prints with two decimals",
        arguments: [(0, "0.00"), (-1, "-0.01"), (-332, "-3.32"), (123456, "1234.56"), (Int64.min, "-92233720368547758.08")]
    )
    func prints(minor: Int64, text: String) {
        #expect(Amount(minor: minor).description == text)
    }

    @Test("a sum that does not fit is nil and does not end the process")
    func overflow() {
        #expect(Amount.sum([Amount(minor: .max), Amount(minor: 1)]) == nil)
        #expect(Amount.sum([Amount(minor: 5), Amount(minor: -7)])?.minor == -2)
    }
}
