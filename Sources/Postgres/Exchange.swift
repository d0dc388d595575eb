/// What was sent in one go, up to a Sync or a Flush, and what has come back for it. Answers come in the order of sending.
final class Exchange {
    struct Step {
        enum Kind { case control, parse, answer }
        let kind: Kind
        let statement: PreparedStatement?
    }

    enum Purpose {
        /// A flight of the shared lane.
        case flight(Flight)
        /// Parses in a segment of their own in front of a flight, so that a failing Parse aborts nothing else.
        case preparation(Flight)
        /// A flight of a leased connection.
        case segment(Segment)
        /// The end of a lease whose caller was answered before, or waits in `segment`.
        case giveBack(Segment?)
        /// One synchronous commit of the flush lane.
        case tick
        /// DEALLOCATE, and Syncs nobody waits for.
        case upkeep
    }

    let purpose: Purpose
    let deadline: Nanoseconds
    var steps: [Step] = []
    /// Ends with a Sync; else with a Flush.
    var syncs = false
    private(set) var done = 0
    private(set) var rows: [Rows] = []
    private(set) var failure: PostgresError?
    /// What failed first.
    private(set) var failedStep: Step?

    init(_ purpose: Purpose, deadline: Nanoseconds) {
        self.purpose = purpose
        self.deadline = deadline
    }

    var current: Step? { done < steps.count ? steps[done] : nil }
    var isAnswered: Bool { done >= steps.count }

    func succeeded(_ answer: Rows?) {
        if let answer, current?.kind == .answer { rows.append(answer) }
    }

    func failed(_ error: PostgresError) {
        guard failure == nil else { return }
        failure = error
        failedStep = current
    }

    func stepEnded() { done += 1 }
}
