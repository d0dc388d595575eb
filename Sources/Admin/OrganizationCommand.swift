public import ArgumentParser
import Assembly
public import Tenancy
import Values

struct OrganizationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "organization",
        abstract: "The customers.",
        subcommands: [Create.self, List.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add an organization.")

        @OptionGroup var options: Options
        @Argument(help: "Its name.") var name: String
        @Option(help: "medical, dental, optometry or veterinary.") var kind: ClinicKind = .medical

        func run() async throws {
            try await options.asOwner { settings, owner in
                let id = try await owner.provisioner(settings).createOrganization(name: name, kind: kind)
                options.show(Table(["id", "name", "kind"], [[.text(id.description), .text(name), .text(kind.rawValue)]]))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the organizations.")

        @OptionGroup var options: Options

        func run() async throws {
            try await options.asOwner { settings, owner in
                let organizations = try await owner.provisioner(settings).organizations()
                options.show(
                    Table(
                        ["id", "name", "kind", "state"],
                        organizations.map { [.text($0.id.description), .text($0.name), .text($0.kind.rawValue), .text($0.state)] }
                    )
                )
            }
        }
    }
}

extension ClinicKind: ExpressibleByArgument {}
