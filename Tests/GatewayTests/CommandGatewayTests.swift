import AsyncHTTPClient
import Commands
import Decoding
import Foundation
@testable import Gateway
import Ingest
import MQTT
import NIOCore
import NIOHTTP1
import Synchronization
import Telemetry
import TestKit
import Testing
import WebServer

/// Commands from the API to a lamp at a real broker and back: what a lamp reports is what counts.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct CommandGatewayTests {
    private static let path = "/api/langso/v1/commands"
    private static let token = "c8f1d1a0b7e64f2a9d35"
    private static let registry = [
        "villages.csv": "code,name\nv1,Bản Nà Ếch\n",
        "feeders.csv": "code,name,village\nF1,Tủ 1,v1\n",
        "devices.csv": """
        code,address,kind,profile,village,feeder
        den-1,den-1,lamp,tasmota-lamp,v1,F1
        den-2,70b3d57ed0061a30,lamp,lorawan-luminaire,v1,F1
        den-3,70b3d57ed0061a31,lamp,netvox-r809a,v1,

        """,
    ]

    private static func settings(
        _ folder: TemporaryFolder,
        port: Int,
        isEnabled: Bool = true
    ) throws -> GatewaySettings {
        let rules = try [
            ("tele/#", Family.tasmota), ("stat/#", .tasmota),
            ("application/+/device/+/event/+", .chirpstack),
        ].map { filter, family in
            let parsed = Decoding.TopicFilter(filter)
            return SubscriptionRule(topicFilter: try #require(parsed), family: family)
        }
        var settings = try GatewayUnderTest.settings(
            folder,
            port: port,
            subscriptions: rules,
            registry: registry
        )
        settings.commands.isEnabled = isEnabled
        settings.commands.operators = [
            CommandOperator(name: "Hoàng Văn A", token: OperatorToken(token))
        ]
        return settings
    }

    private static func request(
        _ action: String,
        device: String? = nil,
        match: String? = nil
    ) -> CommandRequest {
        var request = CommandRequest(action: action, reason: "thử đèn")
        request.device = device
        request.match = match
        return request
    }

    private func ask(
        _ gateway: GatewayUnderTest,
        _ method: HTTPMethod,
        path: String = path,
        token: String? = token,
        _ request: CommandRequest? = nil
    ) async throws -> (status: UInt, text: String) {
        var message = HTTPClientRequest(url: gateway.address + path)
        message.method = method
        if let token { message.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let request {
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(request)))
        }
        let response = try await HTTPClient.shared.execute(message, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 20)
        return (response.status.code, String(buffer: body))
    }

    private func give(
        _ request: CommandRequest,
        _ gateway: GatewayUnderTest
    ) async throws -> CommandView {
        let answer = try await ask(gateway, .POST, request)
        try #require(answer.status == 200, "\(answer.text)")
        return try JSONDecoder().decode(CommandView.self, from: Data(answer.text.utf8))
    }

    private func wait(
        for state: CommandState,
        of id: Int,
        _ gateway: GatewayUnderTest
    ) async throws {
        let desk = try #require(gateway.runtime.desk)
        try await gateway.wait("command \(id) \(state)") {
            await desk.command(id)?.orders.first?.state == state
        }
    }

    /// A gateway that is connected and has heard a lamp.
    private func gateway(
        _ settings: GatewaySettings,
        _ lamp: SimulatedLamp,
        clock: @escaping @Sendable () -> Instant = GatewayRuntime.systemClock
    ) async throws -> GatewayUnderTest {
        let gateway = try await GatewayUnderTest(settings, clock: clock)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected && lamp.isConnected }
        try lamp.report()
        try await gateway.wait(forMessages: 1)
        return gateway
    }

    @Test func `commands are off unless the settings say otherwise`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-commands")
        let settings = try Self.settings(folder, port: broker.port, isEnabled: false)
        let gateway = try await GatewayUnderTest(settings)
        let answer = try await ask(gateway, .POST, Self.request("switch_on", device: "den-1"))
        #expect(answer.status == 403 && answer.text.contains("commands.enabled: true"))
        #expect(try await ask(gateway, .GET).status == 403)
        try await gateway.stop()
        let log = "\(settings.dataFolder)/\(CommandLog.fileName)"
        #expect(!FileManager.default.fileExists(atPath: log))
    }

    @Test func `a feeder is switched, its lamp reports, and all of it is on record`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-commands")
        let settings = try Self.settings(folder, port: broker.port)
        let lamp = try SimulatedLamp("den-1", port: broker.port)
        let time = TestTime()
        let gateway = try await gateway(settings, lamp, clock: { time.now })

        // Nobody without a token, and nothing that cannot be.
        let on = Self.request("switch_on", match: #"{feeder="F1"}"#)
        for token in [nil, "c8f1d1a0b7e64f2a9d36"] {
            #expect(try await ask(gateway, .POST, token: token, on).status == 401)
        }
        for (request, words) in [
            (Self.request("switch_on", device: "den-9"), #"the registry has no device \"den-9"#),
            (Self.request("switch_on", device: "den-2"), "it states no commands"),
            (Self.request("switch_on", device: "den-3"), "wait for its next one"),
            (Self.request("dim", device: "den-1"), "needs a level"),
            (Self.request("blink", device: "den-1"), "known are: switch_on"),
            (Self.request("read", match: #"{feeder="F9"}"#), "no device of the registry"),
            (Self.request("read", match: "{"), "cannot be read"),
            (Self.request("read"), "not both"),
        ] {
            let answer = try await ask(gateway, .POST, request)
            #expect(answer.status == 400 && answer.text.contains(words), "\(answer)")
        }

        try await checkRefusals(gateway)

        // Tried: what would be said, and nothing is.
        var trial = on
        trial.dryRun = true
        let tried = try await give(trial, gateway)
        #expect(tried.id == nil)
        let said = tried.orders.flatMap(\.messages).map { "\($0.topic) \($0.payload)" }
        #expect(said == ["cmnd/den-1/POWER ON", "cmnd/den-1/STATUS 11"])

        // Given.
        let given = try await give(on, gateway)
        #expect(given.id == 1 && given.orders.map(\.device) == ["den-1"])
        #expect(given.omitted["den-2"]?.words.contains("lorawan-luminaire") == true)
        try await wait(for: .confirmed, of: 1, gateway)
        #expect(lamp.heard == ["POWER ON", "STATUS 11"])
        let shown = try await ask(gateway, .GET, path: Self.path + "/1")
        #expect(shown.text.contains("it reported lamp.on = 1.0"), "\(shown)")

        try await checkProgram(gateway, folder)

        // Whatever comes later of it changes nothing; the next command is one of its own.
        let count = gateway.runtime.worker.figures.ingest.messages
        try lamp.report(isOn: false)
        try lamp.report(isOn: true)
        try await gateway.wait(forMessages: count + 2)
        time.pass(.seconds(2))
        let off = try await give(Self.request("switch_off", device: "den-1"), gateway)
        #expect(off.id == 2)
        try await wait(for: .confirmed, of: 2, gateway)
        let metrics = try await gateway.get("/metrics").text
        #expect(
            metrics.contains(#"langso_commands_total{kind="switch_on",result="confirmed"} 1"#)
                && metrics.contains("langso_commands_open 0"),
            "\(metrics)"
        )
        try await gateway.stop()
        lamp.stop()
        let log = "\(settings.dataFolder)/\(CommandLog.fileName)"
        let record = try String(contentsOfFile: log, encoding: .utf8)
        #expect(record.contains("Hoàng Văn A") && record.contains("thử đèn"))
        #expect(!record.contains(Self.token))
        // Accepted, sending, sent, confirmed; the last two in any order, and once each.
        #expect(record.split(separator: "\n").count { $0.contains(#""state":"confirmed""#) } == 2)
    }

    /// Who was refused what, and why, is on record; what was only tried is not.
    private func checkRefusals(_ gateway: GatewayUnderTest) async throws {
        var wish = Self.request("blink", match: #"{feeder="F1"}"#)
        wish.dryRun = true
        #expect(try await ask(gateway, .POST, wish).status == 400)
        wish.dryRun = nil
        wish.reason = "thử \u{1b}[2J"
        #expect(try await ask(gateway, .POST, wish).status == 400)
        let list = try JSONDecoder().decode(
            CommandsView.self,
            from: Data(try await ask(gateway, .GET).text.utf8)
        )
        let last = try #require(list.refused.first)
        #expect(list.refused.count == 9 && list.commands.isEmpty)
        #expect(last.by == "Hoàng Văn A" && last.action == "blink")
        #expect(
            last.target == #"{feeder="F1"}"#
                && last.refusal[0].words.contains("known are: switch_on")
        )
        #expect(!list.lines.contains { $0.unicodeScalars.contains("\u{1b}") })
        #expect(try await gateway.get("/metrics").text.contains("langso_commands_refused_total 9"))
    }

    /// The same on the command line.
    private func checkProgram(_ gateway: GatewayUnderTest, _ folder: TemporaryFolder) async throws {
        let file = folder.path(of: "token")
        try "\(Self.token)\n".write(toFile: file, atomically: true, encoding: .utf8)
        let access = ["--url", gateway.address, "--token-file", file]
        let list = try await LangsoProgram.run(["commands", "list"] + access)
        #expect(list.code == 0 && list.output.contains("1 confirmed, 1 left out"), "\(list)")
        let show = try await LangsoProgram.run(["commands", "show", "1", "--json"] + access)
        #expect(try show.names().isSuperset(of: ["id", "orders", "omitted", "by"]), "\(show)")
        let words = ["--group", "feeder=F1", "--group", "kind=lamp", "--reason", "thử"]
        let dry = try await LangsoProgram.run(
            ["commands", "dim", "40", "--dry-run"] + words + access
        )
        #expect(dry.code == 0 && dry.output.contains("cmnd/den-1/Dimmer 40"), "\(dry)")
        let refused = try await LangsoProgram.run(["commands", "dim", "400"] + words + access)
        #expect(refused.code == 1 && refused.errors.contains("0 to 100 percent"), "\(refused)")
    }

    @Test func `a damaged record closes commands alone, and says how to mend it`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-commands")
        let settings = try Self.settings(folder, port: broker.port)
        let log = "\(settings.dataFolder)/\(CommandLog.fileName)"
        try FileManager.default.createDirectory(
            atPath: settings.dataFolder,
            withIntermediateDirectories: true
        )
        try "00000000 {}\n".write(toFile: log, atomically: true, encoding: .utf8)
        let lamp = try SimulatedLamp("den-1", port: broker.port)
        let errors = ErrorLog()
        let closed = try await GatewayUnderTest(settings, errors: errors)
        // It measures all the same.
        let session = closed.runtime.session
        try await closed.wait("connection") { session.status.isConnected && lamp.isConnected }
        try lamp.report()
        try await closed.wait(forMessages: 1)
        let on = Self.request("switch_on", device: "den-1")
        for answer in [try await ask(closed, .POST, on), try await ask(closed, .GET)] {
            #expect(answer.status == 503, "\(answer)")
            #expect(answer.text.contains("line 1 does not pass its check"))
            #expect(answer.text.contains("lệnh điều khiển đang bị đóng"))
        }
        #expect(try await ask(closed, .GET, token: nil).status == 401)
        #expect(errors.lines.contains { $0.contains("commands are closed") })
        #expect(try await closed.get("/metrics").text.contains("langso_commands_closed 1"))
        try await closed.stop()
        #expect(try String(contentsOfFile: log, encoding: .utf8) == "00000000 {}\n")

        try FileManager.default.moveItem(atPath: log, toPath: "\(log).kept")
        let open = try await gateway(settings, lamp)
        _ = try await give(on, open)
        try await wait(for: .confirmed, of: 1, open)
        try await open.stop()
        lamp.stop()
    }

    @Test func `a lamp that does not report is unconfirmed, and a late report stays late`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-commands")
        let settings = try Self.settings(folder, port: broker.port)
        let lamp = try SimulatedLamp("den-1", port: broker.port)
        let time = TestTime()
        let gateway = try await gateway(settings, lamp, clock: { time.now })
        lamp.set(isDeaf: true)
        _ = try await give(Self.request("switch_on", device: "den-1"), gateway)
        try await gateway.wait("sending") { lamp.heard.count == 2 }
        try await wait(for: .sent, of: 1, gateway)
        time.pass(CommandLimits.directDeadline + .seconds(1))
        try await wait(for: .unconfirmed, of: 1, gateway)
        try lamp.report(isOn: true)
        try await gateway.wait(forMessages: 2)
        let desk = try #require(gateway.runtime.desk)
        #expect(await desk.command(1)?.orders.first?.state == .unconfirmed)
        try await gateway.stop()
        lamp.stop()
    }

    @Test func `what is under way at a stop is never sent twice, what is not is sent once`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-commands")
        let settings = try Self.settings(folder, port: broker.port)
        let lamp = try SimulatedLamp("den-1", port: broker.port)
        // Stops and starts take as long as they take: the lamp's minute does not pass.
        let time = TestTime()
        let first = try await gateway(settings, lamp, clock: { time.now })
        lamp.set(isDeaf: true)
        _ = try await give(Self.request("read", device: "den-1"), first)
        try await first.wait("sending") { lamp.heard.count == 2 }
        try await wait(for: .sent, of: 1, first)
        // The second cannot be sent: the broker is away.
        broker.stop()
        let session = first.runtime.session
        try await first.wait("end of the connection") { !session.status.isConnected }
        _ = try await give(Self.request("switch_on", device: "den-1"), first)
        try await first.stop()

        lamp.set(isDeaf: false)
        try broker.start()
        let second = try await GatewayUnderTest(settings, clock: { time.now })
        let desk = try #require(second.runtime.desk)
        #expect(await desk.command(1)?.orders.first?.state == .sent)
        #expect(await desk.command(2)?.orders.first?.state == .accepted)
        // The answer to the second fulfils the first, too.
        try await wait(for: .confirmed, of: 2, second)
        try await wait(for: .confirmed, of: 1, second)
        #expect(lamp.heard == ["STATUS 8", "STATUS 11", "POWER ON", "STATUS 11"])
        try await second.stop()
        lamp.stop()
    }

    @Test func `a LoRaWAN plug is told by its server, which says what becomes of it`() async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-commands")
        let settings = try Self.settings(folder, port: broker.port)
        let gateway = try await GatewayUnderTest(settings)
        let eui = "70b3d57ed0061a31"
        let server = try GatewayUnderTest.publisher(port: broker.port)
        let ear = try TopicListener(
            port: broker.port,
            topic: "application/a/device/\(eui)/command/down"
        )
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected && ear.isConnected }
        func say(_ event: String, _ more: String) throws {
            try server.publish(
                topic: "application/a/device/\(eui)/event/\(event)",
                payload: Array(#"{"deviceInfo":{"devEui":"\#(eui)"},\#(more)}"#.utf8)
            )
        }
        func report(_ count: Int, isOn: UInt8) throws {
            let bytes: [UInt8] = [1, 14, 1, isOn, 0, 0, 0, 9, 0, 0, 0]
            let data = Data(bytes).base64EncodedString()
            let time = GatewayRuntime.systemClock().rfc3339
            try say("up", #""time":"\#(time)","fCnt":\#(count),"fPort":6,"data":"\#(data)""#)
        }
        try report(1, isOn: 0)
        try await gateway.wait(forMessages: 1)
        _ = try await give(Self.request("switch_on", device: "den-3"), gateway)
        try await gateway.wait("downlink") { !ear.payloads.isEmpty }
        #expect(ear.payloads.count == 1 && ear.payloads[0].contains("kQ4AAAAAAAAAAAA="))
        let down = try JSONDecoder().decode([String: Loose].self, from: Data(ear.payloads[0].utf8))
        let item = try #require(down["id"]?.text)
        try say("txack", #""queueItemId":"\#(item)""#)
        try await wait(for: .acknowledged, of: 1, gateway)
        try say("ack", #""queueItemId":"\#(item)","acknowledged":true"#)
        // An uplink that still says off confirms nothing, the one after it does.
        try report(2, isOn: 0)
        try await gateway.wait(forMessages: 4)
        try report(3, isOn: 1)
        try await wait(for: .confirmed, of: 1, gateway)
        try await gateway.stop()
        server.stop()
        ear.stop()
    }

    /// A text, or anything else.
    private struct Loose: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            text = try? decoder.singleValueContainer().decode(String.self)
        }
    }

    /// A clock that a test moves.
    private final class TestTime: Sendable {
        private let time = Mutex(GatewayRuntime.systemClock())

        var now: Instant { time.withLock { $0 } }

        func pass(_ span: Milliseconds) { time.withLock { $0 = $0 + span } }
    }
}
