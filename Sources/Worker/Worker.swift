import Assembly
import Glibc
import Logging

@main
struct WorkerProgram {
    static func main() async throws {
        let logger = Launch.logger(.worker)
        do {
            let worker = try WorkerProcess(try await Settings.read(), logger: logger)
            try await worker.services.startCheck.run()
            try await Launch.run(worker.group, logger: logger)
            await worker.services.close()
        } catch let fault as SettingsFault {
            logger.critical("\(fault)")
            exit(78)  // EX_CONFIG: a supervisor need not try again
        }
    }
}
