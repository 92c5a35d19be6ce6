// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

// A package of its own: what measures the gateway never enters what is measured.
let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "langso", path: "../.."),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    ],
    targets: [
        .target(name: "Measuring", swiftSettings: strict),
        .executableTarget(
            name: "EndToEnd",
            dependencies: ["Measuring"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Codecs",
            dependencies: [.product(name: "CodecSandbox", package: "langso")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Checks",
            dependencies: [
                "Measuring", .product(name: "QualityControl", package: "langso"),
                .product(name: "Telemetry", package: "langso"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Messages",
            dependencies: [
                "Measuring", .product(name: "Decoding", package: "langso"),
                .product(name: "DeviceProfiles", package: "langso"),
                .product(name: "Telemetry", package: "langso"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Rules",
            dependencies: [
                "Measuring",
                .product(name: "Alerting", package: "langso"),
                .product(name: "Knowledge", package: "langso"),
                .product(name: "PromQL", package: "langso"),
                .product(name: "Telemetry", package: "langso"),
            ],
            swiftSettings: strict
        ),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),
        .executableTarget(
            name: "Store",
            dependencies: [
                "CSQLite", "Measuring",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "PromQL", package: "langso"),
                .product(name: "RingStore", package: "langso"),
                .product(name: "Telemetry", package: "langso"),
            ],
            swiftSettings: strict
        ),
    ]
)
