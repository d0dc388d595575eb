import Values
import Web

/// What became of every row of a file.
struct ImportReport: Sendable {
    enum Outcome: String, Sendable, CaseIterable {
        /// In a preview: would be.
        case booked
        /// It came with an earlier import.
        case known
        case refused
    }

    struct Line: Sendable {
        let line: Int
        let outcome: Outcome
        var appointment: AppointmentID?
        var code: ImportFault?
        /// What the reader or the schedule's rules call it.
        var details: [String] = []

        static let shape = Shape<Line>("ImportLine") {
            Field("line", \.line, .int(1...Int.max))
            Field("outcome", \.outcome, .choice())
            Field("appointment_id", \.appointment, .id())
            Field("code", \.code, .choice())
            Field(
                "details",
                \.details,
                .list(of: .text(1...100), 0...20),
                about: "Rules of the schedule, or what the file's reader calls it."
            )
        }
    }

    let isPreview: Bool
    var lines: [Line]

    private func count(_ outcome: Outcome) -> Int { lines.count { $0.outcome == outcome } }
    var booked: Int { count(.booked) }
    var known: Int { count(.known) }
    var refused: Int { count(.refused) }

    static let shape = Shape<ImportReport>("ImportReport") {
        Field("preview", \.isPreview, .bool)
        Field("booked", \.booked, .int(0...ImportFile.limit))
        Field("known", \.known, .int(0...ImportFile.limit))
        Field("refused", \.refused, .int(0...ImportFile.limit))
        Field("lines", \.lines, .list(of: .object(Line.shape), 0...ImportFile.limit))
    }
}
