import Access
import ArgumentParser
import Assembly
import Values

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "The master keys of sealed columns and files.",
        subcommands: [Generate.self, Check.self]
    )

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a new line for the key file. Append it: the last line seals from now on, the earlier ones still open."
        )

        @Argument(help: "The key's id: a short word that no other line has.") var id: String

        func run() throws {
            guard (1...20).contains(id.utf8.count), id.utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) }) else {
                throw ValidationError("An id is 1 to 20 lower-case letters and digits.")
            }
            print("\(id) \(hex(Ambient.system.bytes(32)))")
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say whether the key file can be used.")

        @OptionGroup var options: Options

        func run() async throws {
            try await options.explained {
                _ = try KeyRing(text: try await options.settings().keys)
                complain("The key file can be used.")
            }
        }
    }
}
