import AsyncHTTPClient
import Decoding
import Foundation
@testable import Gateway
import Ingest
import MQTT
import NIOCore
import NIOHTTP1
import Registry
import Telemetry
import TestKit
import Testing
import WebServer

/// A sensor that nobody knows, from its first message at a real broker to its readings in the
/// store.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct DeviceInboxTests {
    private static let eui = "0102030405060708"
    private static let topic = "application/a/device/\(eui)/event/up"
    private static let id = "chirpstack:\(eui)"
    private static let registry = [
        "villages.csv": "code,name\nv1,Bản Nà Ếch\n",
        "sites.csv": "code,name,village\ns1,Nhà văn hóa,v1\n",
        // The cells that an adoption fills are empty, and read at each start.
        "devices.csv": "code,kind,village,address,profile,parameters\nthung-1,bin,v1,,,\n",
    ]

    /// When the first message is sent.
    private static let start = GatewayRuntime.systemClock() - .minutes(1)
    /// Distances in millimetres.
    private static let distances = [900, 880, 865, 850]

    /// What an EM310-UDL sends: battery, distance, tilt.
    private static func uplink(_ number: Int) -> [UInt8] {
        let distance = distances[number % distances.count]
        let bytes: [UInt8] = [
            0x01, 0x75, 92, 0x03, 0x82, UInt8(distance & 0xFF), UInt8(distance >> 8), 0x04, 0, 0,
        ]
        // A second apart, not long ago.
        let time = (start + .seconds(Int64(number))).rfc3339
        let text = """
            {"deduplicationId": "d\(number)", "time": "\(time)", \
            "deviceInfo": {"devEui": "\(eui)"}, \
            "fCnt": \(number), "fPort": 85, "data": "\(Data(bytes).base64EncodedString())"}
            """
        return Array(text.utf8)
    }

    private static func settings(
        _ folder: TemporaryFolder,
        port: Int
    ) throws -> GatewaySettings {
        let filter = Decoding.TopicFilter("application/+/device/+/event/+")
        let rule = SubscriptionRule(topicFilter: try #require(filter), family: .chirpstack)
        var settings = try GatewayUnderTest.settings(
            folder,
            port: port,
            subscriptions: [rule],
            registry: registry
        )
        settings.profilesFolder = folder.path(of: "profiles")
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "profiles"),
            withIntermediateDirectories: true
        )
        settings.takesAdoptions = true
        return settings
    }

    private static func request(_ profile: String = "milesight-em310-udl") -> AdoptionRequest {
        var request = AdoptionRequest(device: eui, profile: profile, code: "thung-1")
        request.by = "Hoàng Văn A"
        request.parameters = ["bin_depth": 1500]
        return request
    }

    /// The settings as a file.
    private static func text(port: Int) -> String {
        """
        name: Thử nghiệm
        data: data
        broker: {host: 127.0.0.1, port: \(port)}
        subscriptions: [{topic: application/+/device/+/event/+, family: chirpstack}]
        profiles: profiles
        registry: registry
        """
    }

    private func post(
        _ request: AdoptionRequest,
        _ gateway: GatewayUnderTest
    ) async throws -> (status: UInt, text: String) {
        var message = HTTPClientRequest(
            url: gateway.address + "/api/langso/v1/inbox/adopt"
        )
        message.method = .POST
        message.headers.add(name: "Content-Type", value: "application/json")
        message.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(request)))
        let response = try await HTTPClient.shared.execute(message, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 20)
        return (response.status.code, String(buffer: body))
    }

    private func send(_ numbers: Range<Int>, to port: Int, _ gateway: GatewayUnderTest) async throws
    {
        let sensor = try GatewayUnderTest.publisher(port: port)
        defer { _ = sensor.stop() }
        for number in numbers {
            try sensor.publish(topic: Self.topic, payload: Self.uplink(number))
        }
        try await gateway.wait(forMessages: UInt64(numbers.upperBound))
    }

    @Test func `an unknown sensor is listed, adopted, and its readings arrive`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-inbox")
        let settings = try Self.settings(folder, port: broker.port)
        let gateway = try await GatewayUnderTest(settings)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        try await send(0..<4, to: broker.port, gateway)

        // Listed, with the right guess first.
        let listed = try await gateway.get("/api/langso/v1/inbox")
        let inbox = try JSONDecoder().decode(InboxView.self, from: Data(listed.text.utf8))
        let device = try #require(inbox.devices.first)
        #expect(inbox.devices.count == 1 && device.id == Self.id && device.messages == 4)
        #expect(device.frames.count == 4)
        #expect(inbox.canAdopt && inbox.places.waiting.map(\.code) == ["thung-1"])
        let guess = try #require(device.guesses.first)
        #expect(guess.profile == "milesight-em310-udl", "\(device.guesses.map(\.profile))")
        #expect(guess.kind == "bin" && (0...1).contains(guess.score))
        #expect(guess.readings.contains { $0.quantity == "bin.distance" && $0.value == 850 })

        // Tried, and nothing is written.
        var trial = Self.request()
        trial.dryRun = true
        let tried = try await post(trial, gateway)
        #expect(tried.status == 200 && tried.text.contains(#""written":false"#), "\(tried)")
        let test = "\(folder.path(of: "profiles"))/milesight-em310-udl/examples-\(Self.eui).yaml"
        #expect(!FileManager.default.fileExists(atPath: test))

        // Adopted: what waited is decoded, later messages too.
        let done = try await post(Self.request(), gateway)
        #expect(done.status == 200, "\(done.text)")
        let view = try JSONDecoder().decode(AdoptionView.self, from: Data(done.text.utf8))
        #expect(view.written && !view.isNew && view.examples == 4)
        #expect(view.decoded == 4 && view.failed == 0)
        try await send(4..<5, to: broker.port, gateway)
        let now = GatewayRuntime.systemClock()
        let query = #"count_over_time(bin_distance_metres{device="thung-1"}[1h])"#
        let worker = gateway.runtime.worker
        _ = worker.snapshot()
        let lines = try await gateway.query(query, at: now)
        #expect(lines.count == 1 && lines[0].contains("=> 5 "), "\(lines)")
        let full = try await gateway.query(#"bin_fill_ratio{device="thung-1"}"#, at: now)
        #expect(full.count == 1 && full[0].contains(#"village="v1""#), "\(full)")
        let empty = try await gateway.get("/api/langso/v1/inbox")
        #expect(empty.text.contains(#""devices":[]"#))
        let devices = try await gateway.get("/api/langso/v1/devices")
        #expect(devices.text.contains("milesight-em310-udl"))

        // The registry has it with who decided, and the frames are a test from now on.
        let audit = try gateway.runtime.database.auditLog(limit: 1)
        #expect(audit.first?.person == "Hoàng Văn A")
        #expect(try gateway.runtime.database.snapshot().device("thung-1")?.address == Self.eui)
        try await gateway.stop()

        // The next start imports the folder again, whose line knows nothing of it.
        let next = try await GatewayUnderTest(settings)
        let again = next.runtime.registry.device("thung-1")
        #expect(again?.address == Self.eui && again?.profile == "milesight-em310-udl")
        #expect(again?.parameters == ["bin_depth": 1500])
        try await next.stop()
        let report = try await ProfileTestReport(folder: folder.path(of: "profiles"))
        #expect(report.isGood)
        let profile = try #require(report.profiles.first { $0.profile == "milesight-em310-udl" })
        #expect(profile.passed == 9 + 4, "\(profile)")
    }

    @Test func `wrong choices are refused, and nothing is written`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-inbox")
        let settings = try Self.settings(folder, port: broker.port)
        let gateway = try await GatewayUnderTest(settings)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        try await send(0..<2, to: broker.port, gateway)
        var (other, nowhere, unknown, size) = (
            Self.request(), Self.request(), Self.request(), Self.request()
        )
        other.device = "ffffffffffffffff"
        nowhere.code = "new"
        unknown.village = "v9"
        size.parameters = ["bin_depth": 5]
        var flood = Self.request("netvox-r311g")
        flood.parameters = nil
        for (request, words) in [
            (other, "there are chirpstack:\(Self.eui)"),
            (Self.request("nope"), #"there is no device profile \"nope\""#),
            (flood, "these would: milesight-em310-udl"),
            (nowhere, "name the village"), (unknown, "is not known"),
            (size, "is outside"),
        ] {
            let answer = try await post(request, gateway)
            #expect(answer.status == 400, "\(answer)")
            #expect(answer.text.contains(words), "\(answer.text)")
        }
        let stored = try gateway.runtime.database.snapshot().device("thung-1")
        #expect(stored?.address == nil)
        let written = try FileManager.default.contentsOfDirectory(
            atPath: folder.path(of: "profiles")
        )
        #expect(written.isEmpty, "\(written)")
        try await gateway.stop()
    }

    @Test func `of two who adopt one device at once the first gets it`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-inbox")
        let gateway = try await GatewayUnderTest(try Self.settings(folder, port: broker.port))
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        try await send(0..<3, to: broker.port, gateway)
        let requests = ["a", "b", "c", "d"].map { code in
            var request = Self.request()
            (request.code, request.village) = (code, "v1")
            return request
        }
        let runtime = gateway.runtime
        typealias Outcome = Result<AdoptionView, any Error>
        let outcomes = await withTaskGroup(of: Outcome.self, returning: [Outcome].self) { group in
            for request in requests {
                group.addTask {
                    do {
                        return .success(try await runtime.adopt(request))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            // Lists that are asked for meanwhile are of before or after, and do not outlive it.
            group.addTask { [runtime] in
                _ = try? await runtime.inboxView(limit: 50)
                return .failure(GatewayError.stopping)
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let views = outcomes.compactMap { try? $0.get() }
        #expect(views.count == 1 && views.first?.decoded == 3, "\(outcomes)")
        let refusals = outcomes.compactMap { outcome -> AdoptionRefusal? in
            if case .failure(let error) = outcome { return error as? AdoptionRefusal }
            return nil
        }
        #expect(refusals.count == 3)
        #expect(refusals.allSatisfy { $0.faults.map(\.code) == ["inbox_empty"] }, "\(refusals)")
        let devices = runtime.registry.devices.filter { $0.address == Self.eui }
        #expect(devices.map(\.code) == views.map(\.code))
        let test = "\(folder.path(of: "profiles"))/milesight-em310-udl/examples-\(Self.eui).yaml"
        #expect(FileManager.default.fileExists(atPath: test))
        #expect(try await runtime.inboxView(limit: 50).devices.isEmpty)
        try await gateway.stop()
    }

    @Test func `an adoption that is refused leaves an earlier test as it is`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-inbox")
        let gateway = try await GatewayUnderTest(try Self.settings(folder, port: broker.port))
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        try await send(0..<2, to: broker.port, gateway)
        let path = "\(folder.path(of: "profiles"))/milesight-em310-udl/examples-\(Self.eui).yaml"
        try FileManager.default.createDirectory(
            at: URL(filePath: path).deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try "earlier".write(toFile: path, atomically: true, encoding: .utf8)
        let answer = try await post(Self.request(), gateway)
        #expect(answer.status == 400 && answer.text.contains(#""code":"test_exists""#), "\(answer)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "earlier")
        #expect(gateway.runtime.registry.device("thung-1")?.address == nil)
        try await gateway.stop()
    }

    @Test func `a device that is adopted while the gateway stands still is decoded at its start`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-inbox")
        let settings = try Self.settings(folder, port: broker.port)
        let first = try await GatewayUnderTest(settings)
        let session = first.runtime.session
        try await first.wait("connection") { session.status.isConnected }
        try await send(0..<3, to: broker.port, first)
        try await first.stop()

        let config = folder.path(of: "langso.yaml")
        try Self.text(port: broker.port).write(toFile: config, atomically: true, encoding: .utf8)
        func run(_ words: String...) async throws -> LangsoProgram.Finished {
            try await LangsoProgram.run(["devices"] + words + ["--config", config])
        }
        let listed = try await run("inbox")
        #expect(listed.code == 0, "\(listed)")
        #expect(listed.output.hasPrefix("\(Self.id)  3 messages, last "))
        #expect(listed.output.contains("milesight-em310-udl  Milesight EM310-UDL"))
        let json = try await run("inbox", "--json")
        #expect(
            try json.names() == [
                "devices", "omitted", "damaged", "faults", "canAdopt", "places", "profiles",
            ]
        )
        let adoption = [
            "adopt", Self.eui, "--as", "milesight-em310-udl", "--bin", "thung-2", "--site", "s1",
            "--name", "Thùng 2", "--by", "thử",
        ]
        let tried = try await LangsoProgram.run(
            ["devices"] + adoption + ["--config", config, "--dry-run"]
        )
        #expect(tried.code == 0, "\(tried)")
        #expect(tried.output.hasSuffix("this was a dry run, and all is right\n"))
        // Two processes do not write at once.
        let hold = try FolderHold(settings.dataFolder, fileName: Adoption.lockFile)
        let beside = try await LangsoProgram.run(["devices"] + adoption + ["--config", config])
        #expect(beside.code == 1 && beside.errors.contains("at this moment"), "\(beside)")
        hold.release()
        let done = try await LangsoProgram.run(
            ["devices"] + adoption + ["--config", config, "--json"]
        )
        #expect(done.code == 0, "\(done)")
        #expect(done.output.contains(#""isNew" : true"#))
        let again = try await LangsoProgram.run(["devices"] + adoption + ["--config", config])
        #expect(again.code == 1 && again.errors.contains("is in the inbox"), "\(again)")

        let second = try await GatewayUnderTest(settings)
        let worker = second.runtime.worker
        try await second.wait("decoding") { worker.figures.ingest.decodedMessages == 3 }
        let lines = try await second.query(
            #"count_over_time(bin_distance_metres{device="thung-2",site="s1"}[1h])"#,
            at: GatewayRuntime.systemClock()
        )
        #expect(lines.count == 1 && lines[0].contains("=> 3 "), "\(lines)")
        try await second.stop()
    }

    @Test func `words that do not go together are refused`() async throws {
        let neither = try await LangsoProgram.run("devices", "adopt", "x", "--as", "y")
        #expect(neither.code == 64 && neither.errors.contains("name one of --lamp"), "\(neither)")
        let both = try await LangsoProgram.run("devices", "inbox", "--url", "u", "--config", "c")
        #expect(both.code == 64, "\(both)")
        let size = try await LangsoProgram.run(
            ["devices", "adopt", "x", "--as", "y", "--bin", "b", "--parameter", "deep"]
        )
        #expect(size.code == 64 && size.errors.contains("write it as bin_depth=1200"), "\(size)")
        let port = try BrokerProcess.freePort()
        let nobody = try await LangsoProgram.run(
            ["devices", "inbox", "--url", "http://127.0.0.1:\(port)"]
        )
        #expect(nobody.code == 1 && nobody.errors.contains("is the gateway running?"))
    }
}
