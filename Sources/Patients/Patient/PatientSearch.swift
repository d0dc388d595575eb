import Values
import Web

/// What is looked for. At least one term: a search is not a way to list everybody.
struct PatientSearch: Sendable {
    var text: String?
    var birthDate: Day?
    var phone: String?
    var chartNumber: String?

    static let shape = Shape("PatientSearch", PatientSearch()) {
        Field("text", \.text, .text(2...100), example: "park", about: "Words of the name, folded: case and accents do not matter.")
        Field("birth_date", \.birthDate, .day)
        Field("phone", \.phone, .code(4...20, "0-9 +().-"), about: "A phone number or its last digits, four at least.")
        Field("chart_number", \.chartNumber, .text(1...40))
    }

    /// The folded words of `text`, at most six.
    var words: [String] { folded(text ?? "").split(separator: " ").prefix(6).map(String.init) }

    var phoneEnd: String? {
        let digits = (phone ?? "").filter { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : digits
    }

    /// Errors: `nothing_to_search`.
    func checked() throws(Problem) -> PatientSearch {
        if words.isEmpty, birthDate == nil, (phoneEnd?.count ?? 0) < 4, chartNumber == nil {
            throw .invalid(
                "nothing_to_search",
                "Name something to search by: two letters of the name, a birth date, four digits of a phone number, or a chart number."
            )
        }
        return self
    }
}
