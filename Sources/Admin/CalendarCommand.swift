import ArgumentParser
import FoundationEssentials
import Scheduling
import Values

struct CalendarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "Try recurrence rules and iCalendar files. Needs no server and changes nothing.",
        subcommands: [Expand.self, Feed.self, Inspect.self]
    )

    struct Expand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say on which days a series happens and what the clocks do then: a line of JSON for each line read.",
            discussion: "A line is: 2026-03-02 09:00 America/New_York FREQ=WEEKLY;COUNT=4 -2026-03-09 +2026-03-20 (left out, put in)."
        )

        @OptionGroup var options: Options

        func run() async throws {
            while let line = readLine() { print(String(decoding: SeriesLine.explained(line).bytes, as: UTF8.self)) }
        }
    }

    struct Feed: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write such series as an iCalendar text, half an hour each. Exit code 1 when one is refused."
        )

        @OptionGroup var options: Options
        @Flag(help: "Each occurrence as an event in UTC, instead of a rule.") var inUTC = false

        func run() async throws {
            try await options.explained {
                var lines: [String] = []
                while let line = readLine() { lines.append(line) }
                print(try SeriesFeed.text(lines, inUTC: inUTC), terminator: "")
            }
        }
    }

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what an import would read from an iCalendar file. Exit code 2 when the file cannot be trusted."
        )

        @OptionGroup var options: Options
        @Argument(help: "The file.") var file: String

        func run() async throws {
            try await options.explained {
                guard let data = FileManager.default.contents(atPath: file) else {
                    throw Problem(.failed, "file_unreadable", "\(file) cannot be read.")
                }
                let content = CalendarReader.read(Array(data))
                print(String(decoding: content.json.bytes, as: UTF8.self))
                if !content.isTrusted { throw ExitCode(2) }
            }
        }
    }
}
