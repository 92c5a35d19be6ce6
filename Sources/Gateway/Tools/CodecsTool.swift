internal import Foundation
internal import WebServer

/// Payload codecs of a running gateway, on the command line.
public enum CodecsTool {
    /// Asks what the codecs did.
    ///
    /// - Parameter url: where the gateway listens.
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said.
    /// - Returns: what the gateway's API gives.
    public static func list(url: String) async throws -> String {
        try await RunningGateway(url: url).get("/api/langso/v1/codecs")
    }

    /// Has a codec run again that was taken out.
    ///
    /// - Parameters:
    ///   - name: the codec, named for its profile.
    ///   - url: where the gateway listens.
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said, also when
    ///   there is no such codec.
    /// - Returns: what came of it, as the gateway's API gives it.
    public static func release(_ name: String, url: String) async throws -> String {
        try await RunningGateway(url: url)
            .post("/api/langso/v1/codecs/release", [("name", name)])
    }

    /// What ``list(url:)`` gave as lines for people.
    ///
    /// - Throws: when it is something else.
    public static func lines(ofList answer: String) throws -> [String] {
        let view = try JSONDecoder().decode(CodecsView.self, from: Data(answer.utf8))
        var lines: [String] = []
        for codec in view.codecs {
            let state = codec.quarantine == nil ? "runs" : "is not run"
            lines.append(
                "\(codec.name): \(state), \(codec.calls) calls, \(codec.failures) failures, "
                    + "\(codec.kills) kills, \(codec.warnings) warnings, "
                    + "\(codec.waiting) messages wait"
            )
            if let reason = codec.quarantine { lines.append("  \(reason)") }
            if let warning = codec.lastWarning { lines.append("  last warning: \(warning)") }
        }
        return lines
    }

    /// What ``release(_:url:)`` gave in a sentence.
    ///
    /// - Throws: when it is something else.
    public static func sentence(_ name: String, ofRelease answer: String) throws -> String {
        let view = try JSONDecoder().decode(CodecReleaseView.self, from: Data(answer.utf8))
        return view.wasQuarantined
            ? "\(name) is run again; \(view.waiting) messages that waited are decoded now, the "
                + "oldest first"
            : "\(name) was not taken out; nothing has changed"
    }
}
