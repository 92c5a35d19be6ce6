import Foundation
@testable import Gateway
import MQTT
import Synchronization
import Telemetry
import TestKit
import Testing

/// The first of July 2025: two communes become one while the gateway runs.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct MergerTests {
    private static let registry = [
        "units.csv": "code,name,kind\ncu,Xã Cũ,commune\nmoi,Xã Mới,commune\n",
        "villages.csv": "code,name,latitude,longitude\nv1,Bản Một,21.53,107.40\n",
        "memberships.csv":
            "unit,village,from,to\ncu,v1,2000-01-01,2025-06-30\nmoi,v1,2025-07-01,\n",
        "devices.csv":
            "code,address,name,kind,profile,village,expected_interval\n"
            + "M-1,m1,Đồng hồ Một,water_flow,json-datalogger,v1,10m\n"
            + "D-1,d1,Đèn Một,lamp,json-lamp,v1,10m\n",
    ]

    @Test func `from midnight on a village's devices belong to its new commune`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-merger")
        let settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")],
            registry: Self.registry
        )
        // 2025-06-30, ten minutes before midnight in Vietnam.
        let evening = try #require(Instant(rfc3339: "2025-06-30T23:50:00+07:00"))
        let time = Mutex(evening)
        let gateway = try await GatewayUnderTest(settings, clock: { time.withLock { $0 } })
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        func send(_ count: UInt64) async throws {
            let now = time.withLock { $0 }
            let record = #"{"time":"\#(now.rfc3339)","flow_l_s":1}"#
            let payload = #"{"device":"m1","records":[\#(record)]}"#
            try publisher.publish(topic: "logger/m1", payload: Array(payload.utf8))
            try await gateway.wait(forMessages: count)
        }
        @Sendable func communes(_ metric: String) async throws -> [String] {
            let now = time.withLock { $0 }
            return try await gateway.query("\(metric){device=\"M-1\"}", at: now).compactMap {
                $0.split(separator: "commune=\"").dropFirst().first?.prefix { $0 != "\"" }
            }.map(String.init)
        }
        try await send(1)
        #expect(try await communes("device_up") == ["cu"])
        time.withLock { $0 = evening + .minutes(11) }
        try await gateway.wait("the new day") {
            (try? await communes("device_up")) == ["moi"]
        }
        let up = try await gateway.query("device_up{device=\"M-1\"}", at: evening + .minutes(11))
        #expect(up.first?.contains("=> 1 @") == true, "it spoke in its old commune: \(up)")
        try await send(2)
        time.withLock { $0 = $0 + .seconds(59) }
        #expect(try await communes("water_flow_cubic_metres_per_hour").contains("moi"))
        // Nobody has heard of the lamp: how many give light is unknown, not none.
        let overview = try await gateway.get("/api/langso/v1/overview").text
        #expect(overview.contains("Bản Một"))
        #expect(!overview.contains(#""lampsOn""#), "\(overview)")
        publisher.stop()
        try await gateway.stop()
    }
}
