internal import CodecSandbox
internal import ConfigurationText
internal import Foundation

extension SettingsReader {
    /// Reads how payload codecs are run.
    mutating func readCodecs(_ node: ConfigurationNode, into codecs: inout CodecSettings) {
        node.allowKeys(["workers", "program"], &faults)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        if let workers = node["workers"]?.integer(in: 1...cores, &faults) {
            codecs.workerCount = workers
        }
        codecs.program = node["program"].flatMap { path($0) }
    }
}
