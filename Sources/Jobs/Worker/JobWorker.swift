public import Access
public import Logging
public import Redis
public import ServiceLifecycle
public import Tenancy
public import Values

/// A worker process: at the queue of control and of every location database it relays events, fires cron, claims and runs jobs, keeps its
/// leases and rescues others' (DESIGN L4). Any number of them share the work; none is special.
///
/// On graceful shutdown it claims nothing more, gives running jobs their grace, hands the rest back at no cost to them, and returns.
public final class JobWorker: Service, Sendable {
    private let settings: JobWorkerSettings
    private let tenancy: Tenancy
    private let catalogue: JobCatalogue
    private let redis: Redis?
    private let stations: [Station]
    private let cron: Cron
    private let tally = Tally()
    private let ambient: Ambient
    private let logger: Logger

    public init(
        tenancy: Tenancy,
        access: Access,
        catalogue: JobCatalogue,
        redis: Redis?,
        wake: Wake,
        settings: JobWorkerSettings = JobWorkerSettings(),
        ambient: Ambient,
        logger: Logger
    ) {
        self.settings = settings
        self.tenancy = tenancy
        self.catalogue = catalogue
        self.redis = redis
        self.ambient = ambient
        self.logger = logger
        cron = Cron(entries: catalogue.cron, tenancy: tenancy, ambient: ambient)
        let jobs = catalogue.jobs.filter { settings.queues?.contains($0.policy.queue) ?? true }
        let runner = Runner(
            tenancy: tenancy,
            access: access,
            registrations: Dictionary(jobs.map { ($0.kind, $0) }, uniquingKeysWith: { first, _ in first }),
            ambient: ambient,
            wake: wake,
            logger: logger
        )
        // Unique for each process that ever ran: a restarted worker is another one.
        let worker = ambient.id(JobID.self).uuid
        let kinds = KnownKinds(jobs)
        let tally = tally
        stations = ([nil] + tenancy.databaseNames.map { .some($0) }).map { (database: String?) in
            Station(
                database,
                worker: worker,
                name: HostName.current,
                settings: settings,
                kinds: kinds,
                relay: Relay(
                    store: RelayStore(tenancy: tenancy, database: database, ambient: ambient),
                    catalogue: catalogue,
                    ambient: ambient
                ),
                runner: runner,
                tally: tally
            )
        }
    }

    public var figures: JobWorkerFigures { tally.now }

    /// Until graceful shutdown, or until the task is cancelled, which hands everything back at once.
    /// Errors: `job_catalogue`, when the catalogue contradicts itself.
    public func run() async throws {
        let faults = catalogue.faults
        guard faults.isEmpty else { throw Problem(.failed, "job_catalogue", faults.joined(separator: "; ")) }
        await withTaskGroup { group in
            for station in stations { group.addTask { await station.loops() } }
            if let redis { group.addTask { await Hints(redis: redis, stations: self.stations, logger: self.logger).loop() } }
            group.addTask { await self.cronLoop() }
            group.addTask { await self.pruneLoop() }
            try? await gracefulShutdown()  // cancelled: stopping is the same, without grace
            await drain(within: Task.isCancelled ? .zero : settings.grace)
            group.cancelAll()
        }
        await leave()
    }

    /// In a task of its own, so that a cancelled worker still writes what ended.
    private func drain(within grace: Duration) async {
        await Task { [stations] in
            for station in stations { station.close() }
            await withTaskGroup { group in
                for station in stations { group.addTask { await station.drain(within: grace) } }
            }
        }.value
    }

    /// After the loops: a heartbeat would sign the worker on again. In a task of its own, so that a cancelled worker still hands back what
    /// it holds.
    private func leave() async {
        await Task { [stations] in
            await withTaskGroup { group in
                for station in stations { group.addTask { await station.leave() } }
            }
        }.value
    }

    private func cronLoop() async {
        guard !catalogue.cron.isEmpty else { return }
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                let databases = try await cron.fire()
                for station in stations where databases.contains(station.database) { station.look() }
            } catch {
                if !Task.isCancelled { logger.warning("cron not fired", metadata: ["error": "\(JobFailure.reason(error))"]) }
            }
            try? await Task.sleep(for: settings.cron)  // cancelled: the condition sees it
        }
    }

    private func pruneLoop() async {
        let pruner = Pruner(tenancy: tenancy, settings: settings)
        while !Task.isCancelled {
            // Workers come at different times, so that they do not all do the same.
            try? await Task.sleep(for: .seconds(60 + Int64(ambient.random() % 240)))  // cancelled: the condition sees it
            for station in stations {
                do {
                    while !Task.isCancelled, try await pruner.prune(station.database) {}
                } catch {
                    station.failed("prune", error)
                }
            }
        }
    }
}
