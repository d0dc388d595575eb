import Access
import ArgumentParser
import Assembly
import FoundationEssentials
import Jobs
import Values

extension KeyCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the keys, and how much each has sealed where. Exit code 2 when something needs a key that is not there."
        )

        @OptionGroup var options: Options

        func run() async throws {
            try await options.withServices { services in
                let use = try await Product(services).keyRotation.use()
                let (current, ids, retired) = (services.keys.currentID, services.keys.ids, services.keys.retiredIDs)
                let known = Set(ids).union(retired)
                let all = known.union(use.map(\.key)).sorted()
                var rows: [[Table.Cell]] = []
                for key in all {
                    let state =
                        if key == current { "seals" } else if ids.contains(key) { "opens" } else if retired.contains(key) { "retired" } else
                        {
                            "missing"
                        }
                    let places = use.filter { $0.key == key }
                    rows += places.map { [.number(Int(key)), .text(state), .text($0.place), .number($0.count)] }
                    if places.isEmpty { rows.append([.number(Int(key)), .text(state), .none, .number(0)]) }
                }
                options.show(Table(["key", "state", "place", "sealed"], rows))
                if use.contains(where: { !ids.contains($0.key) }) { throw ExitCode(2) }
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Add a key that only opens. With several machines: bring the file to all of them, then run `rotate --to` with its number."
        )

        @OptionGroup var options: Options

        func run() async throws {
            try await options.explained {
                let id = try KeyFile.change(try await options.keyFile()) { $0.add(Ambient.system.bytes(32)) }
                options.show(Table(["key", "state"], [[.number(Int(id)), .text("opens")]]))
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put another key in use and start the jobs that seal everything anew with it.",
            discussion: """
                Running processes look at the key file again within a second. The earlier keys go on opening what they sealed; see the jobs with \
                `jobs list`, what is left with `key list`, and take an earlier key away with `key retire` once it has sealed nothing any more. \
                Stored answers of requests, the last to go, live for 72 hours.
                """
        )

        @OptionGroup var options: Options
        @Option(help: "The number of a key of the file; else a new one is made.") var to: UInt32?
        @Option(help: "Why, for the trail.") var reason: String

        func run() async throws {
            let reason = try options.because(reason)
            try await options.explained {
                let id = try KeyFile.rotate(try await options.keyFile(), to: to, newKey: Ambient.system.bytes(32))
                complain("Key \(id) seals from now on.")
            }
            try await options.reseal(reason)
        }
    }

    struct Reseal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Start the jobs of a rotation again: after one that was interrupted. They also come by themselves once a day."
        )

        @OptionGroup var options: Options
        @Option(help: "Why, for the trail.") var reason: String

        func run() async throws {
            try await options.reseal(try options.because(reason))
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an earlier key out of the file, for ever. Refused while anything is sealed with it."
        )

        @OptionGroup var options: Options
        @Argument(help: "The key's number.") var id: UInt32

        func run() async throws {
            try await options.withServices { services in
                let path = try await options.keyFile()
                guard services.keys.ids.contains(id) else {
                    throw Problem.conflict("key_unknown", "There is no key \(id) in the key file. Nothing was changed.")
                }
                // What a process had sealed with the key it knew a second ago is committed by then, and counted below.
                let changed = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
                guard let changed, changed.timeIntervalSinceNow < -600 else {
                    throw Problem.conflict(
                        "key_fresh",
                        "The key file changed within the last ten minutes. Try again later. Nothing was changed."
                    )
                }
                let left = try await Product(services).keyRotation.use().filter { $0.key == id }
                guard left.isEmpty else {
                    let places = left.map { "\($0.place) \($0.count)" }.joined(separator: ", ")
                    throw Problem.conflict("key_in_use", "Key \(id) is still needed: \(places). Nothing was changed.")
                }
                try KeyFile.change(path) { try $0.retire(id) }
                complain("Key \(id) is gone.")
            }
        }
    }
}

extension Options {
    /// Errors: `key_file_missing` when keys come from elsewhere.
    func keyFile() async throws -> String {
        guard let path = try await settings().keyFile else { throw Problem(.failed, "key_file_missing", "POLYCLINIC_KEY_FILE is missing.") }
        return path
    }

    func reseal(_ reason: Reason) async throws {
        try await withServices { services in
            let caller = Caller.commandLine(user: operatorName, requestID: services.ambient.id(EventID.self).uuid)
            let jobs = try await Product(services).keyRotation.start(by: caller, reason: reason)
            show(Table(["key", "jobs"], [[.number(Int(services.keys.currentID)), .number(jobs)]]))
        }
    }
}
