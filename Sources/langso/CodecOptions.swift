internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import Telemetry

/// `langso decode --codec` and `--vectors`: payload codecs outside a gateway.
struct CodecOptions: ParsableArguments {
    @Option(name: .long, help: "JavaScript codec (LoRa Alliance TS013) that decodes --hex.")
    var codec: String?

    @Option(name: .long, help: "LoRaWAN port of the payload, 1 to 255.")
    var fport: UInt8?

    @Option(name: .long, help: "When the server received the payload, RFC 3339; now unless given.")
    var recvTime: String?

    @Option(name: .long, help: "A variable of the codec, as height=2.5; may be given often.")
    var variables: [String] = []

    @Option(name: .long, help: "File of vectors to run against the codecs of --codecs.")
    var vectors: String?

    @Option(name: .long, help: "Folder of the codecs that --vectors names.")
    var codecs: String?

    /// Decodes a payload by a codec; ends with 1 where it gives no values.
    func decode(_ file: String, hex: String?, json: Bool) async throws {
        guard let fport, fport > 0, let hex else {
            throw GatewayError.usage("--codec goes with --fport of 1 to 255 and --hex")
        }
        guard let payload = HexDigits.bytes(hex) else {
            throw GatewayError.usage("--hex needs pairs of hexadecimal digits")
        }
        let report = try await CodecTool.decode(
            file: file,
            port: fport,
            payload: payload,
            receivedAt: try time(),
            variables: try pairs()
        )
        if json { print(report.json) } else { for line in report.lines { print(line) } }
        if !report.errors.isEmpty { throw ExitCode(1) }
    }

    /// Runs a file of vectors; ends with 1 where one fails.
    func run(_ file: String) async throws {
        guard let codecs else {
            throw GatewayError.usage("--vectors goes with --codecs, a folder of codecs")
        }
        let outcome = try await CodecVectors(file: file).run(codecs: codecs)
        for line in outcome.failures { print(line) }
        print("\(outcome.passed) passed, \(outcome.failures.count) failed")
        if !outcome.failures.isEmpty { throw ExitCode(1) }
    }

    private func time() throws -> Instant {
        guard let recvTime else { return GatewayRuntime.systemClock() }
        guard let time = Instant(rfc3339: recvTime) else {
            throw GatewayError.usage("--recv-time takes a time as 2026-03-10T05:00:00Z")
        }
        return time
    }

    private func pairs() throws -> [String: String] {
        var pairs: [String: String] = [:]
        for text in variables {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw GatewayError.usage("--variables takes a name and a value as height=2.5")
            }
            pairs[String(parts[0])] = String(parts[1])
        }
        return pairs
    }
}
