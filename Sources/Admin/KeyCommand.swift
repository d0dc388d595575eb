import Access
import ArgumentParser
import Assembly
import Values

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "The master keys of sealed columns and files.",
        subcommands: [List.self, Add.self, Rotate.self, Reseal.self, Retire.self, Generate.self, Check.self]
    )

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Print a new line for a key file that is kept elsewhere. The last line seals from now on, the earlier ones still open."
        )

        @Argument(help: "The key's number, which no other line has.") var id: UInt32

        func run() throws {
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
