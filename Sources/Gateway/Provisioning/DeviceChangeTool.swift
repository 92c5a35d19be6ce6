internal import Decoding
internal import Foundation
internal import Registry
public import Telemetry
public import WebServer

/// Changes of registered devices on the command line.
public enum DeviceChangeTool {
    /// Changes a device of a gateway.
    ///
    /// By settings the registry is changed, which a gateway takes when it starts; it must not run.
    /// - Parameters:
    ///   - request: what, since when, by whom and why.
    ///   - gateway: whose device it is.
    ///   - now: the time of day.
    /// - Throws: `DeviceChangeRefusal`, ``GatewayError`` and what reading and writing throws.
    /// - Returns: what was done, or would be.
    public static func change(
        _ request: DeviceChangeRequest,
        _ gateway: InboxTool.Target,
        at now: Instant
    ) async throws -> DeviceChangeView {
        switch gateway {
        case .running(let url):
            return try await RunningGateway(url: url)
                .value(DeviceChangeView.self, at: "/api/langso/v1/devices/change", posting: request)
        case .settings(let settings):
            let path = "\(settings.dataFolder)/\(GatewayRuntime.registryFile)"
            guard FileManager.default.fileExists(atPath: path) else {
                throw GatewayError.unreadable(
                    path: path,
                    reason: "there is no registry; start the gateway once, or correct data"
                )
            }
            // A gateway that runs would go by what it knew, and store by it what comes.
            let hold =
                request.dryRun ?? false ? nil : try FolderHold.ofStopped(settings.dataFolder)
            defer { hold?.release() }
            let library = try ProfileLibrary.shipped(overlaidWith: settings.profilesFolder)
            return DeviceChangeView(
                try RegistryDatabase(path: path).apply(request, library, at: now)
            )
        }
    }
}

extension DeviceChangeView {
    /// What was done as lines for people.
    public var lines: [String] {
        var lines = ["\(change) \(device) since \(at)"]
        lines += differences.map { difference in
            let before = difference.before.isEmpty ? "nothing" : difference.before
            let after = difference.after.isEmpty ? "nothing" : difference.after
            return "  \(difference.column): \(before) → \(after)"
        }
        lines += counterOffsets.sorted { $0.key < $1.key }.map {
            "  added to \($0.key) from then on: \(PlainNumber.of($0.value))"
        }
        lines += warnings.map { "warning: \($0.words)" }
        if let decoded {
            lines.append("written; \(decoded) messages of the journal were stored by it")
        } else if written, warnings.contains(where: { $0.says(.notStoredAgain) }) {
            lines.append("written; the gateway stores messages by it when it starts again")
        } else if written, warnings.contains(where: { $0.says(.underWay) }) {
            lines.append("written; the gateway goes by it")
        } else if written {
            lines.append("written; the gateway takes it when it starts")
        } else {
            lines.append("nothing was written: this was a dry run, and all is right")
        }
        return lines
    }
}

extension NoteView {
    fileprivate func says(_ code: DeviceChangeNoteCode) -> Bool { self.code == code.rawValue }
}
