// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

// A package of its own: it is built with libFuzzer, and everything it stands on is, too. `build`
// has the command.
let package = Package(
    name: "Fuzzing",
    products: [.library(name: "Fuzzing", type: .static, targets: ["Fuzzing"])],
    dependencies: [.package(name: "langso", path: "../..")],
    targets: [
        .target(
            name: "Fuzzing",
            dependencies: [
                "ConfigurationText", "Decoding", "DeviceProfiles", "Protobuf", "RemoteWrite",
                "Spreadsheets", "Telemetry",
            ].map { .product(name: $0, package: "langso") },
            swiftSettings: strict
        )
    ]
)
