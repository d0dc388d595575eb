import Access
import ArgumentParser
import Assembly
import Organizations
import Values

struct SettingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setting",
        abstract: "What the platform sets for every organization and location that has not set its own.",
        subcommands: [List.self, Set.self, Unset.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the settings with their values.")

        @OptionGroup var options: Options

        func run() async throws {
            try await options.withServices { services in
                let entries = try await services.platformSettings.all()
                options.show(
                    Table(
                        ["name", "value", "set", "meaning", "advice"],
                        entries.map { [.text($0.name), .value($0.value), .flag($0.isSet), .text($0.meaning), .text($0.advice)] }
                    )
                )
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Set a value. It holds within a second.")

        @OptionGroup var options: Options
        @Argument(help: "The setting's name.") var name: String
        @Argument(help: "Its value.") var value: String

        func run() async throws {
            try await options.withServices { services in
                let caller = Caller.commandLine(user: options.operatorName, requestID: services.ambient.id(EventID.self).uuid)
                try await services.platformSettings.set(name, to: Int(value).map(JSON.integer) ?? .string(value), by: caller)
            }
        }
    }

    struct Unset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take the platform's value back: the standard counts again.")

        @OptionGroup var options: Options
        @Argument(help: "The setting's name.") var name: String

        func run() async throws { try await options.withServices { try await $0.platformSettings.unset(name) } }
    }
}

extension Services {
    fileprivate var platformSettings: PlatformSettings { PlatformSettings(tenancy: tenancy, ambient: ambient) }
}

extension Table.Cell {
    fileprivate static func value(_ json: JSON) -> Table.Cell {
        if let number = json.integer { .number(number) } else { .text(json.text ?? "") }
    }
}
