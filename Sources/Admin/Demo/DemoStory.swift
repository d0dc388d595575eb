import Glibc
import Values

/// What the day prints: numbered steps, each with what it caused. As JSON, one object a line.
final class DemoStory {
    private let json: Bool
    private(set) var steps = 0
    private var title = ""
    private var lines: [(name: String, text: String)] = []

    init(json: Bool) {
        self.json = json
    }

    /// Ends the step before, and begins one.
    func begin(_ title: String) {
        end()
        steps += 1
        self.title = title
        if !json { say("\(steps < 10 ? " " : "")\(steps)  \(title)") }
    }

    /// Something that the step caused, or that it showed.
    func tell(_ name: String, _ text: String) {
        lines.append((name: name, text: text))
        if !json { say("      " + name + String(repeating: " ", count: max(1, 13 - name.count)) + text) }
    }

    private func end() {
        defer { lines = [] }
        guard json, steps > 0 else { return }
        let caused = lines.map { JSON.object([(key: $0.name, value: .string($0.text))]) }
        let step: JSON = ["step": .integer(steps), "title": .string(title), "caused": .array(caused)]
        say(String(decoding: step.bytes, as: UTF8.self))
    }

    /// Ends the last step with a closing word for people.
    func finish(_ words: String) {
        end()
        if !json { say(words) }
    }

    /// A line at once, whatever standard output is.
    private func say(_ line: String) {
        let bytes = Array(line.utf8) + [10]
        _ = write(1, bytes, bytes.count)  // nowhere to say that standard output is closed
    }

    /// Looks again and again until `look` finds something, with a word every five seconds.
    /// Errors: it does not come true within `limit` seconds.
    func wait<T>(for what: String, within limit: Int = 120, _ look: () async throws -> T?) async throws -> T {
        let begun = ContinuousClock.now
        var told = begun
        while true {
            if let found = try await look() { return found }
            let now = ContinuousClock.now
            guard now - begun < .seconds(limit) else {
                throw Problem.unexpected(
                    "Not in \(limit) seconds: \(what). Does a worker run? See `polyclinic jobs workers` and `polyclinic jobs dead`."
                )
            }
            if now - told >= .seconds(5) {
                complain("      … waiting for \(what)")
                told = now
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

/// Errors: what should hold does not.
func require(_ holds: Bool, _ words: @autoclosure () -> String) throws(Problem) {
    guard holds else { throw .unexpected(words()) }
}
