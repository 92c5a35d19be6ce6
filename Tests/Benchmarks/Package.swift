// swift-tools-version: 6.3
import PackageDescription

// A package of its own: what measures the gateway never enters what is measured.
let package = Package(
    name: "Benchmarks",
    targets: [
        .executableTarget(
            name: "EndToEnd",
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]
        )
    ]
)
