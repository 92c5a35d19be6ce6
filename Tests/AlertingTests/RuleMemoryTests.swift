import PromQL
import Telemetry
import Testing

@testable import Alerting

@Suite struct RuleMemoryTests {
    @Test func `an offset makes the memory of its own group longer, and of no other`() throws {
        var scenario = try Scenario(
            rules: """
                groups:
                  - name: late
                    query_offset: 1h
                    rules: [{record: late, expr: vector(1)}]
                  - name: prompt
                    rules: [{record: prompt, expr: vector(1)}]
                """
        )
        scenario.run(0...120)
        let delay = Int(scenario.engine.limits.writeDelay.count / 60_000)
        let remembered = Dictionary(
            uniqueKeysWithValues: scenario.engine.memory.series.map {
                ($0.labels.metricName, $0.times.map { Instant(milliseconds: $0) })
            }
        )
        #expect(remembered["prompt"] == ((120 - delay)...120).map { Scenario.minute($0) })
        #expect(remembered["late"] == ((60 - delay)...60).map { Scenario.minute($0) })
        let count = remembered.values.reduce(0) { $0 + $1.count }
        #expect(scenario.engine.memory.sampleCount == count)
    }
}
