@testable import Gateway
import Ingest
import Knowledge
import PromQL
import RingStore
import Telemetry
import TestKit
import Testing

/// What rules give must be seen by the rules after them.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct StoreAccessTests {
    @Test func `what a run over history gave is there for the next one`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-access")
        let rule = try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")
        let gateway = try await GatewayUnderTest.connected(folder, port: broker.port, rule: rule)
        let access = gateway.runtime.access
        let (count, now) = (40_000, GatewayRuntime.systemClock())
        let entries = LabelledSamples(
            (0..<count).map { index in
                (
                    ["__name__": "given", "n": "\(index % 100)"],
                    Sample(time: now - .seconds(Int64(count - index)), value: 1)
                )
            }
        )
        let seen = try await OwnThread.run {
            let failure = access.writeVisibly(entries)
            #expect(failure == nil)
            let source = try #require(access.source(at: now))
            let matcher = LabelMatcher(Labels.metricNameLabel, .equal("given"))
            let range = (now - .days(1))...now
            var buffer = SampleBuffer()
            var seen = 0
            for series in try source.select([matcher], in: range) {
                try source.read(series.id, in: range, into: &buffer)
                seen += buffer.count
            }
            return seen
        }
        #expect(seen == count)
        try await gateway.stop()
    }
}
