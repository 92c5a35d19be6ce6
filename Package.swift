// swift-tools-version: 6.3
import PackageDescription

/// Every target of ours compiles with these; a warning is an error.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// For the targets that hold pointers: each unsafe expression must say `unsafe`.
let pointers: [SwiftSetting] = strict + [.strictMemorySafety()]

/// Debug builds optimize these targets too, and keep their assertions.
///
/// Tests call them millions of times; without this the suite takes far longer.
let optimized: [SwiftSetting] = [
    .unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))
]

let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let asyncHTTPClient: Target.Dependency = .product(
    name: "AsyncHTTPClient",
    package: "async-http-client"
)
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(
    name: "HummingbirdTesting",
    package: "hummingbird"
)
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let signals: Target.Dependency = .product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "langso",
    products: [
        .executable(name: "langso", targets: ["langso"]),
        .executable(name: "langso-codec", targets: ["langso-codec"]),
        .library(name: "Alerting", targets: ["Alerting"]),
        .library(name: "CodecSandbox", targets: ["CodecSandbox"]),
        .library(name: "ConfigurationText", targets: ["ConfigurationText"]),
        .library(name: "Decoding", targets: ["Decoding"]),
        .library(name: "DeviceProfiles", targets: ["DeviceProfiles"]),
        .library(name: "Knowledge", targets: ["Knowledge"]),
        .library(name: "PromQL", targets: ["PromQL"]),
        .library(name: "Protobuf", targets: ["Protobuf"]),
        .library(name: "QualityControl", targets: ["QualityControl"]),
        .library(name: "RemoteWrite", targets: ["RemoteWrite"]),
        .library(name: "RingStore", targets: ["RingStore"]),
        .library(name: "Spreadsheets", targets: ["Spreadsheets"]),
        .library(name: "Telemetry", targets: ["Telemetry"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.10.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle.git",
            from: "2.13.0"
        ),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin.git", from: "1.5.0"),
    ],
    targets: [
        // 0. Vocabulary
        .target(name: "Telemetry", swiftSettings: strict + optimized),
        .target(name: "ConfigurationText", dependencies: [yams], swiftSettings: strict + optimized),
        .target(name: "Protobuf", swiftSettings: pointers + optimized),

        // 1. Mechanisms: each knows the vocabulary at most, and no other mechanism.
        .target(
            name: "Decoding",
            dependencies: ["ConfigurationText", "Protobuf", "Telemetry"],
            swiftSettings: strict + optimized
        ),

        .systemLibrary(
            name: "CMosquitto",
            pkgConfig: "libmosquitto",
            providers: [.apt(["libmosquitto-dev"])]
        ),
        .systemLibrary(
            name: "CJavaScriptCore",
            pkgConfig: "javascriptcoregtk-4.1",
            providers: [.apt(["libjavascriptcoregtk-4.1-dev"])]
        ),
        .target(name: "CConfinement"),
        .target(
            name: "CodecSandbox",
            dependencies: ["CConfinement"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "langso-codec",
            dependencies: ["CJavaScriptCore", "CConfinement", "CodecSandbox"],
            swiftSettings: pointers
        ),
        .target(
            name: "Metering",
            dependencies: ["Telemetry", coreMetrics],
            swiftSettings: strict
        ),
        .target(name: "MQTT", dependencies: ["CMosquitto"], swiftSettings: pointers),
        .target(name: "PromQL", dependencies: ["Telemetry"], swiftSettings: strict + optimized),
        .target(
            name: "QualityControl",
            dependencies: ["Telemetry"],
            swiftSettings: strict + optimized
        ),

        .target(
            name: "Registry",
            dependencies: ["ConfigurationText", "Telemetry", grdb],
            resources: [.copy("Example")],
            swiftSettings: strict + optimized
        ),
        .target(
            name: "Replay",
            dependencies: ["ConfigurationText", "Telemetry"],
            resources: [.copy("Mappings")],
            swiftSettings: strict + optimized
        ),
        .target(name: "Simulation", dependencies: ["Telemetry"], swiftSettings: strict + optimized),
        .systemLibrary(
            name: "CXlsxWriter",
            pkgConfig: "xlsxwriter",
            providers: [.apt(["libxlsxwriter-dev"])]
        ),
        .target(
            name: "Spreadsheets",
            dependencies: ["CXlsxWriter", "CZlib", "Telemetry"],
            swiftSettings: strict + optimized
        ),
        .systemLibrary(
            name: "CSnappy",
            pkgConfig: "snappy",
            providers: [.apt(["libsnappy-dev"])]
        ),
        .target(
            name: "RemoteWrite",
            dependencies: ["CSnappy", "Protobuf", "Telemetry"],
            swiftSettings: pointers + optimized
        ),
        .systemLibrary(
            name: "CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]
        ),
        .target(name: "CCRC32C"),
        .target(
            name: "RingStore",
            dependencies: ["CCRC32C", "Telemetry", crypto],
            swiftSettings: pointers + optimized
        ),

        // 2. Policy: joins mechanisms into the hot path.
        .target(name: "Knowledge", dependencies: ["Telemetry"], swiftSettings: strict + optimized),
        .target(
            name: "Ingest",
            dependencies: ["Decoding", "QualityControl", "RingStore", "Telemetry"],
            swiftSettings: strict + optimized
        ),
        .target(
            name: "Commands",
            dependencies: ["Decoding", "Protobuf", "RingStore", "Telemetry"],
            swiftSettings: strict
        ),
        .target(
            name: "Alerting",
            dependencies: ["ConfigurationText", "PromQL", "Telemetry"],
            resources: [.copy("Rules")],
            swiftSettings: strict + optimized
        ),
        .target(
            name: "Indicators",
            dependencies: ["ConfigurationText", "PromQL", "Telemetry"],
            resources: [.copy("CriteriaSets")],
            swiftSettings: strict + optimized
        ),

        // 3. Surface
        .target(
            name: "WebServer",
            dependencies: [
                "CZlib", "Metering", "PromQL", "RemoteWrite", "Telemetry", coreMetrics, httpTypes,
                hummingbird, lifecycle, log, nioCore, nioPosix,
            ],
            swiftSettings: strict
        ),

        // 4. Composition
        .target(
            name: "Gateway",
            dependencies: [
                "Alerting", "CodecSandbox", "Commands", "ConfigurationText", "DashboardFiles",
                "Decoding", "DeviceProfiles", "Indicators", "Ingest", "Knowledge", "MQTT",
                "Metering", "PromQL",
                "QualityControl", "Registry", "RemoteWrite", "Replay", "RingStore", "Simulation",
                "Spreadsheets", "Telemetry",
                "WebServer", asyncHTTPClient, coreMetrics, crypto, lifecycle, log, nioCore,
                nioHTTP1, signals,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "langso",
            dependencies: [
                "ConfigurationText", "Gateway", "MQTT", "PromQL", "Replay", "Telemetry",
                "WebServer", argumentParser, log,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "DashboardFiles",
            path: "Dashboards",
            exclude: ["overview.png"],
            resources: [.copy("Pages"), .copy("Grafana")],
            swiftSettings: strict
        ),
        .target(
            name: "DeviceProfiles",
            path: "Devices",
            resources: [.copy("Profiles")],
            swiftSettings: strict
        ),

        // Tests
        .target(
            name: "TestKit",
            dependencies: [
                "Decoding", "DeviceProfiles", "RemoteWrite", "RingStore", "Telemetry",
            ],
            path: "Tests/TestKit",
            swiftSettings: strict + optimized
        ),
        .executableTarget(
            name: "Campaigns",
            dependencies: ["TestKit"],
            path: "Tests/Campaigns",
            exclude: ["README.md"],
            swiftSettings: strict
        ),
        .testTarget(name: "SourceRulesTests", swiftSettings: strict),
        .testTarget(
            name: "TelemetryTests",
            dependencies: ["Telemetry", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ConfigurationTextTests",
            dependencies: ["ConfigurationText"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DecodingTests",
            dependencies: [
                "ConfigurationText", "Decoding", "DeviceProfiles", "Protobuf", "Telemetry",
                "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CodecSandboxTests",
            dependencies: ["CConfinement", "CodecSandbox", "TestKit", "langso-codec"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PromQLTests",
            dependencies: ["PromQL", "RingStore", "Telemetry", "TestKit"],
            exclude: ["Statements"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RingStoreTests",
            dependencies: ["RingStore", "Telemetry", "TestKit"],
            swiftSettings: pointers
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Alerting", "CodecSandbox", "Commands", "ConfigurationText", "DashboardFiles",
                "Decoding", "Gateway", "Indicators", "Ingest", "Knowledge", "MQTT", "Metering",
                "PromQL",
                "QualityControl", "Registry", "RemoteWrite", "Replay", "RingStore", "Simulation",
                "Spreadsheets", "Telemetry", "TestKit", "WebServer", "langso", "langso-codec",
                asyncHTTPClient, hummingbird, log, nioCore, nioHTTP1,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MeteringTests",
            dependencies: ["Metering", "Telemetry", coreMetrics],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RemoteWriteTests",
            dependencies: ["RemoteWrite", "Telemetry", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "RegistryTests",
            dependencies: ["ConfigurationText", "Registry", "Telemetry", "TestKit", grdb],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReplayTests",
            dependencies: [
                "ConfigurationText", "Decoding", "DeviceProfiles", "Replay", "Telemetry",
                "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "ConfigurationText", "Decoding", "DeviceProfiles", "Simulation", "Telemetry",
                "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SpreadsheetsTests",
            dependencies: ["Spreadsheets", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "KnowledgeTests",
            dependencies: ["Knowledge", "PromQL", "Telemetry", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IngestTests",
            dependencies: [
                "ConfigurationText", "Decoding", "DeviceProfiles", "Ingest", "MQTT", "Protobuf",
                "QualityControl", "RingStore", "Telemetry", "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "Commands", "ConfigurationText", "Decoding", "DeviceProfiles", "RingStore",
                "Telemetry", "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "QualityControlTests",
            dependencies: ["QualityControl", "Telemetry", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AlertingTests",
            dependencies: ["Alerting", "ConfigurationText", "PromQL", "Telemetry", "TestKit"],
            exclude: ["RuleTests"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IndicatorsTests",
            dependencies: [
                "ConfigurationText", "Indicators", "PromQL", "Telemetry", "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WebServerTests",
            dependencies: [
                "DashboardFiles", "Metering", "PromQL", "RemoteWrite", "Telemetry", "TestKit",
                "WebServer", coreMetrics, httpTypes, hummingbird, hummingbirdTesting, lifecycle,
                log, nioCore, nioPosix,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MQTTTests",
            dependencies: ["MQTT", "TestKit"],
            swiftSettings: pointers
        ),
    ]
)
