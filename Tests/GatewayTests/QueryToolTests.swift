@testable import Gateway
import MQTT
import RingStore
import Telemetry
import TestKit
import Testing

@Suite(.enabled(if: BrokerProcess.program != nil)) struct QueryToolTests {
    @Test func `an address where nobody listens is told at once`() async throws {
        let port = try BrokerProcess.freePort()
        let request = QueryRequest(expression: "up", times: .instant(GatewayUnderTest.midnight))
        let error = await #expect(throws: GatewayError.self) {
            _ = try await QueryTool.ask(request, url: "http://127.0.0.1:\(port)")
        }
        // One try; a minute of them would end with another reason.
        #expect(
            error?.description == "cannot ask http://127.0.0.1:\(port): "
                + "nobody listens there; is the gateway running?"
        )
    }

    @Test func `a running gateway and the data it leaves give the same answer`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-query")
        let rule = try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")
        let gateway = try await GatewayUnderTest.connected(folder, port: broker.port, rule: rule)
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        let start = GatewayRuntime.systemClock() - .hours(1)
        for minute in 0..<60 {
            let time = (start + .minutes(Int64(minute))).rfc3339
            let text = #"{"device":"d","records":[{"time":"\#(time)","flow_l_s":\#(minute)}]}"#
            try publisher.publish(topic: "logger/d", payload: Array(text.utf8))
        }
        try publisher.flush()
        publisher.stop()
        try await gateway.wait(forMessages: 60)
        let requests = [
            QueryRequest(
                expression: "water_flow_cubic_metres_per_hour + 1",
                times: .instant(start + .minutes(30))
            ),
            QueryRequest(
                expression: "sum(rate(water_flow_cubic_metres_per_hour[10m]))",
                times: .range(from: start, to: start + .minutes(59), step: .minutes(5))
            ),
            QueryRequest(expression: "time()", times: .instant(start)),
        ]
        var asked: [String] = []
        for request in requests {
            asked.append(try await QueryTool.ask(request, url: gateway.address + "/"))
        }
        let refused = await #expect(throws: GatewayError.self) {
            let request = QueryRequest(expression: "rate(", times: .instant(start))
            _ = try await QueryTool.ask(request, url: gateway.address)
        }
        #expect(
            refused?.description.contains("unexpected end of input") == true,
            "\(String(describing: refused))"
        )
        try await gateway.stop()
        for (request, answer) in zip(requests, asked) {
            let own = try QueryTool.evaluate(
                request,
                dataFolder: gateway.runtime.settings.dataFolder,
                now: GatewayRuntime.systemClock()
            )
            #expect(try QueryTool.lines(of: own) == QueryTool.lines(of: answer))
            #expect(try !QueryTool.lines(of: own).isEmpty)
            #expect(try QueryTool.annotations(of: own) == QueryTool.annotations(of: answer))
        }
        // A flow is no counter, and sum(rate( takes nine places.
        let said = try asked.map { try QueryTool.annotations(of: $0) }
        #expect(said.map(\.count) == [0, 1, 0])
        #expect(
            said[1].first == "PromQL info: metric might not be a counter, name does not end in "
                + "_total/_sum/_count/_bucket: \"water_flow_cubic_metres_per_hour\" (1:10)"
        )
        let report = try StoreReport(dataFolder: gateway.runtime.settings.dataFolder)
        #expect(report.samples >= 61)
        #expect(report.series >= 2)
    }

    @Test func `data that is not there is said`() throws {
        let folder = try TemporaryFolder("langso-query")
        let request = QueryRequest(expression: "1", times: .instant(GatewayUnderTest.midnight))
        #expect(throws: (any Error).self) {
            try QueryTool.evaluate(
                request,
                dataFolder: folder.path(of: "nothing"),
                now: GatewayUnderTest.midnight
            )
        }
    }
}
