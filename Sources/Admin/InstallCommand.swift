import ArgumentParser
import Assembly
import Tenancy

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Make logins, roles and the shared schemas of every database. Safe to repeat."
    )

    @OptionGroup var options: Options

    func run() async throws {
        try await options.asOwner { settings, owner in
            try await owner.installer(settings).run { complain($0) }
        }
    }
}
