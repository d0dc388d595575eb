// swift-tools-version: 6.2
import PackageDescription

// Imports go one way; each line may only name what stands to its left or above:
// Values ← Postgres, Redis, X12 ← Tenancy, Access, Jobs ← Web ← slices ← Assembly ← Gateway | Worker | Admin.

let package = Package(
    name: "polyclinic",
    products: [
        .executable(name: "polyclinic-gateway", targets: ["Gateway"]),
        .executable(name: "polyclinic-worker", targets: ["Worker"]),
        .executable(name: "polyclinic", targets: ["Admin"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
    ],
    targets: [
        // C libraries: a module map and a shim header, nothing else. libpq's headers need pkg-config; the others' must not
        // use it (SwiftPM refuses their -D flags on every build).
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq"),
        .systemLibrary(name: "CHiredis"),
        .systemLibrary(name: "CArgon2"),

        // The platform.
        room("Values"),
        room("X12", ["Values"]),
        room("Postgres", ["Values", "CLibpq"], [log]),
        room("Redis", ["Values", "CHiredis"], [log, nioCore, nioPosix, nioSSL]),
        room("Tenancy", ["Values", "Postgres"], [log, crypto]),
        room("Access", ["Values", "Postgres", "Tenancy", "CArgon2"], [log, crypto]),
        room("Jobs", ["Values", "Postgres", "Redis", "Tenancy", "Access"], [log, lifecycle, nioCore, nioPosix]),
        room(
            "Web",
            ["Values", "Postgres", "Redis", "Tenancy", "Access", "Jobs"],
            [log, crypto, httpTypes, hummingbird, nioCore, nioPosix, lifecycle]
        ),

        // The slices, left to right.
        slice("Organizations"),
        slice("Patients"),
        room("Scheduling", platform + ["Organizations", "Patients"], [log, crypto]),
        slice("Billing", ["Organizations", "Patients", "Scheduling"]),
        room("Claims", platform + ["Organizations", "Patients", "Scheduling", "Billing", "X12"], [log, crypto]),
        slice("Reporting", ["Organizations", "Patients", "Scheduling", "Billing", "Claims"]),

        // Where everything meets, and the three programs.
        room("Assembly", platform + slices + ["X12"], [configuration, lifecycle, log, signals]),
        program("Gateway", ["Assembly"], [log], allocator),
        program("Worker", ["Assembly"], [log], allocator),
        program("Admin", ["Assembly"] + platform + slices + ["X12"], [argumentParser, httpClient, log, nioCore]),

        // Tests mirror Sources; TestSupport starts nothing itself: it finds the servers of deploy/test.
        .target(
            name: "TestSupport",
            dependencies: ["Assembly", httpClient, lifecycle, log, nioCore, nioPosix] + names(platform + slices + ["X12"]),
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
    ] + suites() + fuzz() + bench()
)

// Only `deploy/test --long` asks for it: it is instrumented throughout, and linked with libFuzzer.
@MainActor func fuzz() -> [Target] {
    guard Context.environment["POLYCLINIC_FUZZ"] == "1" else { return [] }
    let fuzzer: [String] = ["-sanitize=fuzzer", "-use-ld=lld"]
    return [
        .executableTarget(
            name: "Fuzz",
            dependencies: names(["Access", "Values", "Web", "X12"]),
            path: "Tests/Fuzz",
            swiftSettings: strict,
            linkerSettings: [.unsafeFlags(fuzzer)]
        )
    ]
}

// Only `deploy/bench` asks for it.
@MainActor func bench() -> [Target] {
    guard Context.environment["POLYCLINIC_BENCH"] == "1" else { return [] }
    return [
        .executableTarget(
            name: "Bench",
            dependencies: names(platform + ["X12", "Assembly"]) + [argumentParser, lifecycle, log],
            path: "Tests/Bench/Program",
            swiftSettings: strict
        )
    ]
}

// MARK: Suites

@MainActor func suites() -> [Target] {
    [
        tests("Values"),
        tests("X12", exclude: ["Samples", "tools"]),
        tests("Postgres", [log]),
        tests("Redis", [log, nioCore, nioPosix]),
        tests("Tenancy", [log]),
        tests("Access", [crypto, log]),
        tests("Jobs"),
        tests("Web", [httpTypes, nioCore, nioPosix]),
        tests("Patients"),
        tests("Scheduling"),
        tests("Billing"),
        tests("Organizations"),
        tests("Claims"),
        tests("Reporting"),
        tests("Admin", [log]),
        tests("Architecture"),
        tests("Scenario"),
        tests("Failure", [nioCore, nioPosix]),
        tests("Fleet", [log]),
    ]
}

// MARK: Shapes of a target

var platform: [String] { ["Values", "Postgres", "Redis", "Tenancy", "Access", "Jobs", "Web"] }
var slices: [String] { ["Organizations", "Patients", "Scheduling", "Billing", "Claims", "Reporting"] }

var argumentParser: Target.Dependency { .product(name: "ArgumentParser", package: "swift-argument-parser") }
var configuration: Target.Dependency { .product(name: "Configuration", package: "swift-configuration") }
var crypto: Target.Dependency { .product(name: "Crypto", package: "swift-crypto") }
var httpClient: Target.Dependency { .product(name: "AsyncHTTPClient", package: "async-http-client") }
var httpTypes: Target.Dependency { .product(name: "HTTPTypes", package: "swift-http-types") }
var hummingbird: Target.Dependency { .product(name: "HummingbirdCore", package: "hummingbird") }
var lifecycle: Target.Dependency { .product(name: "ServiceLifecycle", package: "swift-service-lifecycle") }
var signals: Target.Dependency { .product(name: "UnixSignals", package: "swift-service-lifecycle") }
var log: Target.Dependency { .product(name: "Logging", package: "swift-log") }
var nioCore: Target.Dependency { .product(name: "NIOCore", package: "swift-nio") }
var nioPosix: Target.Dependency { .product(name: "NIOPosix", package: "swift-nio") }
var nioSSL: Target.Dependency { .product(name: "NIOSSL", package: "swift-nio-ssl") }

var strict: [SwiftSetting] {
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .treatAllWarnings(as: .error),
    ]
}

func names(_ rooms: [String]) -> [Target.Dependency] { rooms.map { .byName(name: $0) } }

@MainActor func room(_ name: String, _ rooms: [String] = [], _ products: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: names(rooms) + products, swiftSettings: strict)
}

@MainActor func slice(_ name: String, _ left: [String] = []) -> Target {
    room(name, platform + left, [log])
}

// A request allocates some hundred times; sanitizers, which watch debug builds, bring allocators of their own.
var allocator: [LinkerSetting] { [.linkedLibrary("jemalloc", .when(configuration: .release))] }

@MainActor func program(_ name: String, _ rooms: [String], _ products: [Target.Dependency] = [], _ linked: [LinkerSetting] = []) -> Target {
    .executableTarget(name: name, dependencies: names(rooms) + products, swiftSettings: strict, linkerSettings: linked)
}

@MainActor func tests(_ name: String, _ products: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: names(platform + slices + ["Assembly", "TestSupport", "X12"]) + products,
        exclude: exclude,
        swiftSettings: strict
    )
}
