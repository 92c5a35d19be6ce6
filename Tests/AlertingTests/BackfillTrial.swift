import Alerting
import Foundation
import Telemetry
import TestKit
import Testing

/// Rules of all kinds over random readings, judged as the gateway does, by runs over history and
/// by backfill.
struct BackfillTrial {
    static let rules = """
        groups:
          - name: g
            rules:
              - record: warm_heat
                expr: heat > 8
              - record: warm_since_seconds
                expr: >-
                  warm_since_seconds and on (device) warm_heat
                  or warm_heat * 0 + time()
              - alert: Hot
                expr: >-
                  heat > 10
                  or heat > 5 and on (device) ALERTS{alertname="Hot", alertstate="firing"}
                for: 2m
              - alert: LongWarm
                expr: time() - warm_since_seconds >= 240
                keep_firing_for: 7m
                labels: {heat: '{{ if gt $value 600.0 }}long{{ else }}short{{ end }}'}
          - name: slow
            interval: 3m
            query_offset: 1m
            rules:
              - alert: Mean
                expr: avg_over_time(heat[6m]) > 9
                for: 6m
              - record: mean_heat
                expr: avg_over_time(heat[6m]) > 7
                labels: {kind: slow}
          - name: slower
            interval: 10m
            rules:
              - record: rounds
                expr: (rounds or sum(heat) * 0) + 1
              - record: mean_heat
                expr: avg_over_time(heat[10m]) > 7
                labels: {kind: slower}
          - name: behind
            query_offset: 5m
            rules:
              - record: behind_heat
                expr: heat offset -2m > 6
              - record: behind_count
                expr: count_over_time(behind_heat[4m])
              - alert: Behind
                expr: behind_count >= 3
                for: 2m
          - name: beside
            rules:
              - record: behind_sum
                expr: sum_over_time(behind_heat[12m] offset 5m) + behind_count offset 6m
        """
    static let silence = """
        groups:
          - name: silence
            rules:
              - alert: Silent
                expr: present_over_time(heat[30m]) unless on (device) present_over_time(heat[4m])
        """
    static let suspensions = """
        suspend_rules:
          - source_matchers: [alertname=Silent]
            target_matchers: ['alertname!="Silent"']
            equal: [device]
        """
    static let derived = [
        "ALERTS", "ALERTS_FOR_STATE", "warm_heat", "warm_since_seconds", "mean_heat", "rounds",
        "behind_heat", "behind_count", "behind_sum",
    ]

    /// Readings of a random walk with gaps, by device and minute.
    var heat: [String: [Int: Double]] = [:]
    let last: Int

    init(_ generator: inout SeededGenerator, last: Int) {
        self.last = last
        for number in 1...3 {
            var value = 7.0
            var gap = 0
            for minute in 0...last {
                value = min(14, max(2, value + Double.random(in: -2...2, using: &generator)))
                if gap == 0, Int.random(in: 0..<30, using: &generator) == 0 { gap = 9 }
                if gap > 0 { gap -= 1 }
                if gap == 0 { heat["d\(number)", default: [:]][minute] = value }
            }
        }
    }

    static func generator() -> SeededGenerator {
        let environment = ProcessInfo.processInfo.environment["LANGSO_TEST_SEED"]
        let seed = environment.flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
        print("LANGSO_TEST_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }

    static func groups() throws -> [RuleGroup] {
        try RuleFile.parse(text: silence, file: "silence.yaml").groups
            + (try RuleFile.parse(text: rules, file: "test.yaml").groups)
    }

    static func parsedRelations() throws -> AlertRelations {
        try AlertRelations.parse(text: suspensions, file: "r.yaml")
    }

    /// The readings, but those that come late.
    func source(without late: (device: String, minutes: Range<Int>)? = nil) -> ScenarioSource {
        var source = ScenarioSource()
        for (device, values) in heat {
            for (minute, value) in values {
                if let late, late.device == device, late.minutes.contains(minute) { continue }
                let sample = Sample(time: Scenario.minute(minute), value: value)
                source.add(Labels(metric: "heat", ["device": device]), sample)
            }
        }
        return source
    }

    /// What the gateway would have written, judging minute after minute.
    func judged(_ source: ScenarioSource, through end: Int) throws -> ScenarioSource {
        var source = source
        var engine = AlertEngine(
            groups: try Self.groups(),
            relations: try Self.parsedRelations(),
            queryEngine: Scenario.queryEngine
        )
        for minute in 0...end {
            source.add(engine.evaluate(at: Scenario.minute(minute), source: source))
        }
        return source
    }

    /// Backfills some minutes; portions end at the given ones.
    ///
    /// - Returns: the backfill and what it gave.
    static func backfill(
        _ source: inout ScenarioSource,
        _ minutes: ClosedRange<Int>,
        groups: [RuleGroup]? = nil,
        besides others: [RuleGroup] = [],
        ends: [Int] = [],
        writes: Bool = true,
        limits: AlertingLimits = AlertingLimits()
    ) throws -> (RuleBackfill, [RuleSample]) {
        var backfill = try RuleBackfill(
            groups: try groups ?? Self.groups(),
            besides: others,
            relations: try parsedRelations(),
            isWhole: groups == nil,
            times: Scenario.minute(minutes.lowerBound)...Scenario.minute(minutes.upperBound),
            queryEngine: Scenario.queryEngine,
            limits: limits
        )
        try backfill.warmUp(notBefore: Scenario.minute(0), source: source)
        var given: [RuleSample] = []
        while let start = backfill.next {
            let end = ends.map(Scenario.minute).first { $0 >= start } ?? .distantFuture
            let samples = try backfill.judge(until: end, source: source)
            given += samples
            if writes {
                for sample in samples { source.add(sample.labels, sample.sample) }
            } else {
                try backfill.remember(samples)
            }
        }
        return (backfill, given)
    }

    /// What rules gave, every bit of it, as text; a marker behind none or another one means nothing
    /// and is left out.
    static func results(_ source: ScenarioSource, isExact: Bool = false) -> [String] {
        derived.flatMap { source.samples(of: $0) }.flatMap { labels, samples in
            var isEnded = true
            return samples.compactMap { sample -> String? in
                let isMarker = sample.value.bitPattern == RuleSample.staleMarker.bitPattern
                defer { isEnded = isMarker }
                if isMarker, isEnded, !isExact { return nil }
                let minute = Double((sample.time - Scenario.start).count) / 60_000
                return "\(labels) \(minute) \(isMarker ? "stale" : "\(sample.value)")"
            }
        }.sorted()
    }
}
