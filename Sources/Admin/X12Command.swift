import ArgumentParser
import FoundationEssentials
import Values
import X12

struct X12Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "x12", abstract: "Look into X12 files.", subcommands: [Inspect.self])

    struct Inspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Print what was read from a file: envelopes, transactions, balances, findings. Exit code 2 when the file cannot be trusted."
        )

        @Flag(help: "Print JSON (the only form there is).") var json = false
        @Argument(help: "The file.") var file: String

        func run() throws {
            guard let data = FileManager.default.contents(atPath: file) else { throw ValidationError("\(file) cannot be read.") }
            let examined = examine(Array(data), file: file)
            print(examined.json)
            if !examined.isTrusted { throw ExitCode(2) }
        }
    }
}
