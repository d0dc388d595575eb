import Assembly
import Logging

@main
struct WorkerProgram {
    static func main() async {
        await Launch.program(.worker) { logger in
            let worker = try WorkerProcess(try await Settings.read(), logger: logger)
            try await worker.services.startCheck.run()
            try await Launch.run(worker.group, logger: logger)
            await worker.services.close()
        }
    }
}
