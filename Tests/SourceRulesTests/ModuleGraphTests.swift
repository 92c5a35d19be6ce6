import Foundation
import Testing

/// The one-way module graph of the architecture page, checked against what each file imports.
struct ModuleGraphTests {
    /// Modules of ours that each module may import.
    static let allowed: [String: Set<String>] = [
        "Telemetry": [],
        "ConfigurationText": [],
        "Protobuf": [],
        "MQTT": ["CMosquitto"],
        "Metering": ["Telemetry"],
        "CodecSandbox": ["CConfinement"],
        "langso-codec": ["CConfinement", "CJavaScriptCore", "CodecSandbox"],
        "Decoding": ["ConfigurationText", "Protobuf", "Telemetry"],
        "RingStore": ["CCRC32C", "Telemetry"],
        "PromQL": ["Telemetry"],
        "Registry": ["ConfigurationText", "Telemetry"],
        "RemoteWrite": ["CSnappy", "Protobuf", "Telemetry"],
        "Simulation": ["Telemetry"],
        "Spreadsheets": ["CXlsxWriter", "CZlib", "Telemetry"],
        "Replay": ["ConfigurationText", "Telemetry"],
        "Knowledge": ["Telemetry"],
        "Ingest": ["Decoding", "QualityControl", "RingStore", "Telemetry"],
        "Commands": ["Decoding", "Protobuf", "RingStore", "Telemetry"],
        "QualityControl": ["Telemetry"],
        "Alerting": ["ConfigurationText", "PromQL", "Telemetry"],
        "Indicators": ["ConfigurationText", "PromQL", "Telemetry"],
        "WebServer": ["CZlib", "Metering", "PromQL", "RemoteWrite", "Telemetry"],
        "langso": [
            "ConfigurationText", "Gateway", "MQTT", "PromQL", "Replay", "Telemetry", "WebServer",
        ],
    ]

    /// What a module may never import, ours or not.
    static let forbidden: [String: Set<String>] = [
        "Telemetry": ["Foundation", "Yams"],
        "Protobuf": ["Foundation"],
        "MQTT": ["Foundation", "Telemetry"],
        "PromQL": ["Foundation"],
        "RingStore": ["Foundation"],
        "Decoding": ["Foundation"],
        "RemoteWrite": ["Foundation"],
        "QualityControl": ["Foundation"],
    ]

    @Test func `every module imports only what the graph allows`() throws {
        let ours = Set(Self.allowed.keys).union([
            "Gateway", "CCRC32C", "CConfinement", "CJavaScriptCore", "CMosquitto", "CSnappy",
            "CXlsxWriter", "CZlib", "DeviceProfiles", "DashboardFiles",
        ])
        let files = try SourceTree.swiftFiles(under: "Sources")
        #expect(files.count > 30)
        for file in files {
            let module = file.path.split(separator: "/")[1]
            guard module != "Gateway" else { continue }
            let allowed = try #require(
                Self.allowed[String(module)],
                "\(module) is not in the graph"
            )
            for imported in file.imports {
                if ours.contains(imported) {
                    #expect(allowed.contains(imported), "\(file.path) imports \(imported)")
                }
                let banned = Self.forbidden[String(module)] ?? []
                #expect(!banned.contains(imported), "\(file.path) imports \(imported)")
            }
        }
    }
}
