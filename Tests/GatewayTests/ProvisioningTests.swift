import AsyncHTTPClient
import Foundation
@testable import Gateway
import Knowledge
import MQTT
import NIOCore
import NIOHTTP1
import Registry
import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing
import WebServer

/// Devices that are replaced, moved and retired while a gateway runs, with a real broker.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct ProvisioningTests {
    private static let registry = [
        "villages.csv": "code,name\nv1,Bản Một\nv2,Bản Hai\n",
        "devices.csv":
            "code,address,name,kind,profile,village\n"
            + "M-1,old,Đồng hồ Một,water_meter,json-datalogger,v1\n"
            + "M-2,two,Đồng hồ Hai,water_meter,test-silent,v1\n",
    ]
    private static let profile = """
        id: test-silent
        manufacturer: test
        model: meter
        title: A meter whose maker names no interval
        kind: water_meter
        source: test
        families: [plain_json]
        messages:
          - time: {path: time}
            json:
              - {quantity: water.volume, path: volume_m3}
        """
    private static let midnight = GatewayUnderTest.midnight

    static func minute(_ count: Int64) -> Instant { midnight + .minutes(count) }

    /// What a village's meters and the person who serves them do.
    struct Scene {
        /// Is there as long as the scene.
        let folder: TemporaryFolder
        let broker: BrokerProcess
        let settings: GatewaySettings
        let gateway: GatewayUnderTest
        let publisher: BrokerPublisher
        let time: SharedNumber
        let sent: SharedNumber

        /// A number that tests and gateway share.
        final class SharedNumber: Sendable {
            private let value: Mutex<Int64>
            init(_ value: Int64) { self.value = Mutex(value) }
            var now: Int64 { value.withLock { $0 } }
            func set(_ new: Int64) { value.withLock { $0 = new } }
        }

        init(
            _ folder: TemporaryFolder,
            waitingClock: any Clock<Duration> = ContinuousClock()
        ) async throws {
            self.folder = folder
            broker = try BrokerProcess()
            let rule = try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")
            var settings = try GatewayUnderTest.settings(
                folder,
                port: broker.port,
                subscriptions: [rule],
                registry: ProvisioningTests.registry
            )
            let own = folder.path(of: "profiles/test-silent")
            try FileManager.default.createDirectory(
                atPath: own,
                withIntermediateDirectories: true
            )
            try ProvisioningTests.profile.write(
                toFile: "\(own)/profile.yaml",
                atomically: true,
                encoding: .utf8
            )
            settings.profilesFolder = folder.path(of: "profiles")
            settings.takesAdoptions = true
            self.settings = settings
            let time = SharedNumber(ProvisioningTests.midnight.milliseconds)
            self.time = time
            sent = SharedNumber(0)
            gateway = try await GatewayUnderTest(
                settings,
                clock: { Instant(milliseconds: time.now) },
                waitingClock: waitingClock
            )
            let session = gateway.runtime.session
            try await gateway.wait("connection") { session.status.isConnected }
            publisher = try GatewayUnderTest.publisher(port: broker.port)
        }

        /// Lets the clock stand at a time.
        func go(to instant: Instant) { time.set(instant.milliseconds) }

        /// Has a box say what its meter shows; late where the clock is ahead already.
        func say(_ box: String, _ index: Double, at instant: Instant) async throws {
            time.set(max(time.now, instant.milliseconds))
            let row = #"{"time":"\#(instant.rfc3339)","volume_m3":\#(index)}"#
            let payload =
                ["two", "three"].contains(box) ? row : #"{"device":"\#(box)","records":[\#(row)]}"#
            try publisher.publish(topic: "logger/\(box)", payload: Array(payload.utf8))
            sent.set(sent.now + 1)
            try await gateway.wait(forMessages: UInt64(sent.now))
        }

        func change(_ request: DeviceChangeRequest) async throws -> (UInt, String) {
            var message = HTTPClientRequest(
                url: gateway.address + "/api/langso/v1/devices/change"
            )
            message.method = .POST
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(request)))
            let response = try await HTTPClient.shared.execute(message, timeout: .seconds(60))
            let body = try await response.body.collect(upTo: 1 << 20)
            return (response.status.code, String(buffer: body))
        }

        /// The values of an instant query, each behind the labels that are asked for.
        func ask(_ expression: String, at instant: Instant) async throws -> [String] {
            try await gateway.query(expression, at: instant)
        }

        func end() async throws {
            publisher.stop()
            try await gateway.stop()
        }
    }

    static func request(_ change: String, _ device: String) -> DeviceChangeRequest {
        DeviceChangeRequest(change: change, device: device, by: "Hoàng Văn A", reason: "hỏng")
    }

    static func value(_ lines: [String]) -> Double? {
        lines.first?.split(separator: "=> ").last?.split(separator: " ").first.flatMap {
            Double($0)
        }
    }

    @Test func `what was used over an exchange of the meter is what was really used`() async throws
    {
        let scene = try await Scene(try TemporaryFolder("langso-provisioning"))
        // A cubic metre in ten minutes: 1000 … 1006 by noon, on a meter that then ends at 1006.5.
        for number in 0...6 {
            let time = Self.minute(Int64(number) * 10)
            try await scene.say("old", 1000 + Double(number), at: time)
        }
        // The new one begins at 3, and sends before anybody has noted it.
        for number in 0...5 {
            let time = Self.minute(70 + Int64(number) * 10)
            try await scene.say("new", 3.5 + Double(number), at: time)
        }
        scene.go(to: Self.minute(125))
        var request = Self.request("replace", "M-1")
        request.address = "new"
        request.at = Self.minute(65).rfc3339
        request.oldIndices = ["": 1006.5]
        request.newIndices = ["": 3]
        request.dryRun = true
        let tried = try await scene.change(request)
        #expect(tried.0 == 200 && tried.1.contains(#""written":false"#), "\(tried)")
        request.dryRun = false
        let done = try await scene.change(request)
        #expect(done.0 == 200, "\(done)")
        let view = try JSONDecoder().decode(DeviceChangeView.self, from: Data(done.1.utf8))
        #expect(view.counterOffsets == ["water.volume": 1003.5])
        // The rule of the topic reads boxes that nobody knows, under their addresses.
        #expect(view.decoded == 6)
        for number in 6...8 {
            let time = Self.minute(70 + Int64(number) * 10)
            try await scene.say("new", 3.5 + Double(number), at: time)
        }
        // Late, of before the exchange.
        try await scene.say("old", 1006.4, at: Self.minute(64))
        scene.go(to: Self.minute(151))
        let metric = #"water_volume_cubic_metres_total{device="M-1"}"#
        let now = Self.minute(150)
        let used = try await scene.ask(
            "max_over_time(\(metric)[151m]) - min_over_time(\(metric)[151m])",
            at: now
        )
        #expect(Self.value(used) == 15, "1000 to 1006.5 and 3 to 11.5: \(used)")
        #expect(Self.value(try await scene.ask("resets(\(metric)[151m])", at: now)) == 0)
        let count = try await scene.ask("count_over_time(\(metric)[151m])", at: now)
        #expect(Self.value(count) == 17, "7 and 9, and the late one: \(count)")
        let offset = try await scene.ask(#"device_counter_offset{device="M-1"}"#, at: now)
        #expect(Self.value(offset) == 1003.5, "\(offset)")
        #expect(offset.first?.contains(#"metric="water_volume_cubic_metres_total""#) == true)
        let before = try await scene.ask(
            #"device_counter_offset{device="M-1"}"#,
            at: Self.minute(50)
        )
        #expect(before.isEmpty)
        try await scene.end()
    }

    @Test func `a meter behind a box that stays is put right from the journal`() async throws {
        let scene = try await Scene(try TemporaryFolder("langso-provisioning"))
        for (minute, index) in [(0, 500.0), (10, 501.0), (30, 0.5), (40, 1.5)] {
            scene.go(to: Self.minute(Int64(minute)))
            try await scene.say("old", index, at: Self.minute(Int64(minute)))
        }
        scene.go(to: Self.minute(50))
        var request = Self.request("replace", "M-1")
        request.at = Self.minute(20).rfc3339
        request.oldIndices = ["water.volume": 502]
        request.newIndices = ["water.volume": 0]
        let done = try await scene.change(request)
        #expect(done.0 == 200 && done.1.contains(#""decoded":2"#), "\(done)")
        let metric = #"water_volume_cubic_metres_total{device="M-1"}"#
        let used = try await scene.ask(
            "last_over_time(\(metric)[1h]) - min_over_time(\(metric)[1h])",
            at: Self.minute(50)
        )
        #expect(Self.value(used) == 3.5, "\(used)")
        try await scene.end()
    }

    @Test func `a moved device has its past in the old village, and a retired one is not missed`()
        async throws
    {
        let folder = try TemporaryFolder("langso-provisioning")
        let scene = try await Scene(folder)
        try await scene.say("old", 1, at: Self.minute(0))
        scene.go(to: Self.minute(10))
        var request = Self.request("move", "M-1")
        request.village = "v2"
        let moved = try await scene.change(request)
        #expect(moved.0 == 200, "\(moved)")
        try await scene.say("old", 2, at: Self.minute(12))
        try await scene.say("old", 1.5, at: Self.minute(5))
        func villages(_ expression: String, _ minute: Int64) async throws -> Set<String> {
            let lines = try await scene.ask(
                "count by (village) (\(expression))",
                at: Self.minute(minute)
            )
            return Set(
                lines.compactMap {
                    $0.split(separator: "village=\"").dropFirst().first.map {
                        String($0.prefix { $0 != "\"" })
                    }
                }
            )
        }
        scene.go(to: Self.minute(20))
        let metric = #"water_volume_cubic_metres_total{device="M-1"}"#
        #expect(try await villages("last_over_time(\(metric)[6m])", 6) == ["v1"])
        #expect(try await villages("last_over_time(\(metric)[6m])", 17) == ["v2"])
        #expect(try await villages(#"device_up{device="M-1"}"#, 5) == ["v1"])
        #expect(try await villages(#"device_up{device="M-1"}"#, 20) == ["v2"])
        let retired = try await scene.change(Self.request("retire", "M-1"))
        #expect(retired.0 == 200, "\(retired)")
        scene.go(to: Self.minute(200))
        let gone = #"{__name__=~"device_(up|last_message.*|expected.*)",device="M-1"}"#
        #expect(try await scene.ask(gone, at: Self.minute(200)).isEmpty)
        #expect(try await scene.ask(gone, at: Self.minute(15)).count == 3)
        try await scene.say("old", 2.2, at: Self.minute(19))
        let late = try await scene.ask("last_over_time(\(metric)[2m])", at: Self.minute(19))
        #expect(Self.value(late) == 2.2, "\(late)")
        let devices = try await scene.gateway.get("/api/langso/v1/devices").text
        #expect(!devices.contains("M-1") && devices.contains("M-2"))
        let again = try await scene.change(Self.request("retire", "M-1"))
        #expect(again.0 == 400 && again.1.contains("out of service since"), "\(again)")
        try await scene.end()
        // The files of the folder are of before: the next start does not bring it back.
        let next = try await GatewayUnderTest(scene.settings)
        #expect(next.runtime.registry.retirement(of: "M-1") == Self.minute(20))
        #expect(next.runtime.registry.device("M-1")?.village == "v2")
        try await next.stop()
    }

    @Test func `a change that is noted while the gateway stands still is made up at its start`()
        async throws
    {
        let scene = try await Scene(try TemporaryFolder("langso-provisioning"))
        for number in 0...3 {
            try await scene.say("old", Double(number), at: Self.minute(Int64(number) * 10))
        }
        var request = Self.request("move", "M-1")
        request.village = "v2"
        request.at = Self.minute(15).rfc3339
        let (settings, noted) = (scene.settings, request)
        await #expect {
            _ = try await DeviceChangeTool.change(noted, .settings(settings), at: Self.minute(31))
        } throws: { error in
            "\(error)".contains("its gateway runs") && "\(error)".contains("--url")
        }
        try await scene.gateway.stop()
        let view = try await DeviceChangeTool.change(
            request,
            .settings(settings),
            at: Self.minute(31)
        )
        #expect(view.written)
        // Killed before it had done so, it would be at this point again.
        let pending = try RegistryDatabase(
            path: "\(settings.dataFolder)/\(GatewayRuntime.registryFile)"
        ).pendingRetakings()
        #expect(pending.boxes == ["old": Self.minute(15)])
        let next = try await GatewayUnderTest(settings, clock: { Self.minute(32) })
        try await next.wait("the messages to be stored again") {
            (try? next.runtime.database.pendingRetakings().isEmpty) ?? false
        }
        let metric = "water_volume_cubic_metres_total"
        func count(_ village: String) async throws -> Double? {
            let selector = "\(metric){device=\"M-1\",village=\"\(village)\"}[1h]"
            let counted = try await next.query("count_over_time(\(selector))", at: Self.minute(31))
            return Self.value(counted)
        }
        #expect(try await count("v1") == 2)
        #expect(try await count("v2") == 2)
        scene.publisher.stop()
        try await next.stop()
    }

    @Test func `a change of this moment takes what was measured at this moment`() async throws {
        let scene = try await Scene(try TemporaryFolder("langso-provisioning"))
        try await scene.say("old", 1, at: Self.minute(0))
        try await scene.say("old", 2, at: Self.minute(10))
        var request = Self.request("move", "M-1")
        request.village = "v2"
        let moved = try await scene.change(request)
        #expect(moved.0 == 200 && moved.1.contains(#""decoded":1"#), "\(moved)")
        let metric = #"water_volume_cubic_metres_total{device="M-1"}"#
        let lines = try await scene.ask(
            "sum by (village) (count_over_time(\(metric)[1h]))",
            at: Self.minute(10)
        )
        #expect(lines.count == 2 && lines.allSatisfy { $0.contains("=> 1 ") }, "\(lines)")
        try await scene.end()
    }

    @Test func `a change answers in bounded time, and what it moves is stored by and by`()
        async throws
    {
        let clock = ManualClock()
        let scene = try await Scene(
            try TemporaryFolder("langso-provisioning"),
            waitingClock: clock
        )
        try await scene.say("old", 1, at: Self.minute(0))
        try await scene.say("old", 2, at: Self.minute(10))
        let (runtime, gate) = (scene.gateway.runtime, AsyncStream.makeStream(of: Void.self))
        // What came before it takes long.
        _ = runtime.retakings.take { for await _ in gate.stream { return } }
        var request = Self.request("move", "M-1")
        request.village = "v2"
        let asked = request
        async let answer = scene.change(asked)
        await clock.waitForSleeper()
        try await scene.gateway.wait("the change to be gone by") {
            runtime.registry.device("M-1")?.village == "v2"
        }
        clock.advance(by: GatewayRuntime.changePatience)
        let moved = try await answer
        let view = try JSONDecoder().decode(DeviceChangeView.self, from: Data(moved.1.utf8))
        #expect(moved.0 == 200 && view.written && view.decoded == nil, "\(moved)")
        #expect(view.warnings.map(\.code) == ["change_under_way"])
        #expect(runtime.registry.device("M-1")?.village == "v2")
        #expect(try !runtime.database.pendingRetakings().isEmpty)
        gate.continuation.yield()
        try await scene.gateway.wait("the messages to be stored again") {
            (try? runtime.database.pendingRetakings().isEmpty) ?? false
        }
        let metric = #"water_volume_cubic_metres_total{device="M-1",village="v2"}"#
        let lines = try await scene.ask("count_over_time(\(metric)[1h])", at: Self.minute(10))
        #expect(Self.value(lines) == 1, "\(lines)")
        runtime.retakingState.withLock { $0 = RetakingState(boxes: 2, progress: 0.25) }
        let metrics = try await scene.gateway.get("/metrics").text
        #expect(metrics.contains("\nlangso_retaking_boxes 2\n"))
        #expect(metrics.contains("\nlangso_retaking_progress_ratio 0.25\n"))
        let overview = try await scene.gateway.get("/api/langso/v1/overview").text
        #expect(overview.contains(#""retakingProgress":0.25"#))
        try await scene.end()
    }

    @Test func `an interval that nobody gave is learned, shown as learned, and kept`() async throws
    {
        let folder = try TemporaryFolder("langso-provisioning")
        let scene = try await Scene(folder)
        for number in 0...25 {
            try await scene.say("two", Double(number), at: Self.minute(Int64(number) * 5))
        }
        scene.go(to: Self.minute(126))
        func intervals(_ device: String) async throws -> [String] {
            try await scene.ask(
                "device_expected_interval_seconds{device=\"\(device)\"}",
                at: Self.minute(126)
            )
        }
        let before = try await intervals("M-2")
        #expect(Self.value(before) == 900 && before[0].contains(#"source="assumed""#))
        await scene.gateway.runtime.learnIntervals()
        let after = try await intervals("M-2")
        #expect(Self.value(after) == 300 && after[0].contains(#"source="learned""#), "\(after)")
        let known = try await intervals("M-1")
        #expect(Self.value(known) == 3600 && known[0].contains(#"source="profile""#), "\(known)")
        try await scene.end()
        let next = try await GatewayUnderTest(scene.settings)
        let device = try #require(next.runtime.registry.device("M-2"))
        #expect(next.runtime.registry.expectedInterval(of: device).span == .minutes(5))
        try await next.stop()
    }

    @Test func `the interval that is learned is that of the box of now`() async throws {
        let scene = try await Scene(try TemporaryFolder("langso-provisioning"))
        for number in 0..<25 {
            try await scene.say("two", Double(number), at: Self.minute(Int64(number) * 5))
        }
        scene.go(to: Self.minute(125))
        var request = Self.request("replace", "M-2")
        request.address = "three"
        #expect(try await scene.change(request).0 == 200)
        let runtime = scene.gateway.runtime
        // Of the new one there are too few messages yet, and those of the old one do not count.
        await runtime.learnIntervals()
        let device = try #require(runtime.registry.device("M-2"))
        #expect(runtime.registry.expectedInterval(of: device).source == .assumed)
        for number in 0..<25 {
            try await scene.say("three", Double(number), at: Self.minute(Int64(130 + number * 20)))
        }
        await runtime.learnIntervals()
        let interval = runtime.registry.expectedInterval(of: device)
        #expect(interval.source == .learned && interval.span == .minutes(20), "\(interval)")
        try await scene.end()
    }
}
