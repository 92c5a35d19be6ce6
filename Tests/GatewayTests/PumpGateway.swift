import Foundation
@testable import Gateway
import Telemetry
import TestKit
import Testing

/// A gateway without a broker that judges the temperatures of pumps, which are pushed to it, by
/// rules of its own.
enum PumpGateway {
    /// Settings of a gateway whose rules are those of a text.
    static func settings(_ folder: TemporaryFolder, rules text: String) throws -> GatewaySettings {
        let rules = folder.path(of: "rules")
        try FileManager.default.createDirectory(atPath: rules, withIntermediateDirectories: true)
        try text.write(toFile: "\(rules)/pumps.yaml", atomically: true, encoding: .utf8)
        var settings = try GatewayUnderTest.settings(
            folder,
            port: 1,
            subscriptions: [try GatewayUnderTest.nothing()]
        )
        settings.rulesFolder = rules
        settings.takesRemoteWrite = true
        return settings
    }

    /// Pushes a temperature in degrees Celsius.
    static func push(
        _ temperature: Double,
        of device: String = "B-1",
        at time: Instant,
        to gateway: GatewayUnderTest
    ) async throws {
        let answer = try await SamplePush.send(
            [
                (
                    ["__name__": "pump_temperature_celsius", "device": device],
                    [Sample(time: time, value: temperature)]
                )
            ],
            to: gateway.address
        )
        #expect(answer.status == 204, "\(answer.text)")
    }
}
