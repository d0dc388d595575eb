import ArgumentParser

/// `polyclinic`, the command line of platform operators. Exit codes: 0 done; 1 refused or failed; 2 something was found that needs attention
/// (doctor, audit verify, migrate status, dead jobs, missing keys, X12 and calendar files); 64 the command was not understood; 78 the settings cannot be used.
@main
struct Polyclinic: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polyclinic",
        abstract: "Operate a Polyclinic installation.",
        discussion:
            "Exit codes: 0 done; 1 refused or failed; 2 something was found that needs attention; 64 not understood; 78 the settings cannot be used.",
        subcommands: [
            InstallCommand.self, OrganizationCommand.self, LocationCommand.self, StaffCommand.self, SettingCommand.self,
            MigrateCommand.self, JobsCommand.self,
            AuditCommand.self, BackupCommand.self, KeyCommand.self, X12Command.self, CalendarCommand.self, DoctorCommand.self,
            DemoCommand.self,
        ]
    )
}
