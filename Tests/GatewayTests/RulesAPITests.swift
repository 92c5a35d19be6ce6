import Foundation
@testable import Gateway
import Telemetry
import TestKit
import Testing

/// `rules` and `alerts` of a gateway beside those of Debian's Prometheus 2.42, over one rule file
/// and the same samples, field by field.
///
/// Of times and durations it is compared that they are there. What Prometheus 3 gives otherwise:
/// groups come in pages when `group_limit` asks for it, and `file[]`, `rule_group[]` and `match[]`
/// narrow the list, all of which this gateway has (`PrometheusRoutesTests`); the fields of groups,
/// rules and alerts are those of 2.42.
@Suite(.oneAtATime) struct RulesAPITests {
    private static let rules = """
        groups:
          - name: pumps
            interval: 1s
            limit: 5
            rules:
              - record: pump:hot
                expr: pump_temperature_celsius  >  bool  80
                labels: {kind: indicator}
              - record: pump:bad
                expr: pump_level * on (village) pump_power
              - alert: PumpHot
                expr: pump_temperature_celsius > 80
                labels: {severity: major, text: "{{ $labels.device }}"}
                annotations: {summary: "Máy bơm {{ $labels.device }}: {{ $value }} °C"}
              - alert: PumpWarm
                expr: pump_temperature_celsius > 70
                for: 90m
                keep_firing_for: 5m
              - alert: PumpPressed
                expr: (pump_pressure_bar > 5)
                keep_firing_for: 1h
              - alert: PumpCold
                expr: pump_temperature_celsius < 0
          - name: seldom
            interval: 200d
            rules:
              - record: pump:count
                expr: count(pump_temperature_celsius)
              - alert: PumpGone
                expr: absent(pump_temperature_celsius)
        """

    /// What both servers get at a time.
    private static func samples(pressure: Double, at time: Instant)
        -> [(labels: [String: String], [Sample])]
    {
        [
            ("pump_temperature_celsius", "B-1", 91.5), ("pump_temperature_celsius", "B-2", 75),
            ("pump_pressure_bar", "B-1", pressure), ("pump_level", "B-1", 1),
            ("pump_level", "B-2", 2), ("pump_power", "B-1", 1), ("pump_power", "B-2", 2),
        ].map { name, device, value in
            let labels = ["__name__": name, "device": device, "village": "Bản Một"]
            return (labels, [Sample(time: time, value: value)])
        }
    }

    /// Fields whose numbers and times are those of the machine.
    private static let measured: Set<String> = [
        "evaluationTime", "lastEvaluation", "activeAt", "keepFiringSince",
    ]

    /// An answer with one line for each value, under the way to it, as
    /// `data/groups/0 pumps/rules/2 PumpHot/state`.
    ///
    /// Groups and rules keep their order. Prometheus gives the alerts of a rule in that of a hash
    /// table; here they stand in the order of their labels, each as often as it is there.
    private static func lines(_ json: Any, _ way: String = "") -> [String: String] {
        var lines: [String: String] = [:]
        switch json {
        case let object as [String: Any]:
            if object.isEmpty { lines[way] = "{}" }
            for (name, value) in object {
                let place = "\(way)/\(name)"
                if measured.contains(name) {
                    lines[place] = value is String ? "a time" : value is Double ? "a span" : "?"
                } else if name == "lastError" {
                    lines[place] = "a text: \((value as? String)?.isEmpty == false)"
                } else {
                    lines.merge(Self.lines(value, place)) { first, _ in first }
                }
            }
        case let list as [[String: Any]]:
            if list.isEmpty { lines[way] = "[]" }
            let named = list.map { value in
                let labels = value["labels"] as? [String: String]
                let alert = labels?["alertname"].map { "\($0) \(labels?["device"] ?? "")" }
                return (name: value["name"] as? String, alert: alert ?? "", value: value)
            }
            let ordered =
                named.allSatisfy { $0.name == nil } ? named.sorted { $0.alert < $1.alert } : named
            for (index, item) in ordered.enumerated() {
                let place = "\(way)/\(index) \(item.name ?? item.alert)"
                lines.merge(Self.lines(item.value, place)) { first, _ in first }
            }
        case let list as [Any]: lines[way] = list.isEmpty ? "[]" : "\(list)"
        default: lines[way] = "\(json)"
        }
        return lines
    }

    /// An answer with its status.
    private struct Answer {
        let status: Int
        let text: String

        /// Its lines, that of the status among them.
        func lines() throws -> [String: String] {
            let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
            return RulesAPITests.lines(json).merging(["status code": "\(status)"]) { $1 }
        }
    }

    /// What differs, each with both sides.
    private static func differences(_ own: Answer, _ other: Answer) throws -> [String] {
        let (own, other) = (try own.lines(), try other.lines())
        return Set(own.keys).union(other.keys).sorted().compactMap { way in
            own[way] == other[way] ? nil : "\(way): \(own[way] ?? "-") | \(other[way] ?? "-")"
        }
    }

    @Test func `rules and alerts are shown as Prometheus shows them`() async throws {
        guard PrometheusProcess.programs != nil else {
            print("skipped: prometheus is not installed")
            return
        }
        let folder = try TemporaryFolder("langso-rules-api")
        let rules = folder.path(of: "rules")
        try FileManager.default.createDirectory(atPath: rules, withIntermediateDirectories: true)
        let file = "\(rules)/pumps.yaml"
        try Self.rules.write(toFile: file, atomically: true, encoding: .utf8)
        let prometheus = try PrometheusProcess(ruleFile: file)
        let peer = "http://127.0.0.1:\(prometheus.port)"
        @Sendable func ask(_ path: String) -> Answer {
            let answer = LoopbackRequest.get(port: prometheus.port, path: "/api/v1/\(path)")
            return Answer(
                status: answer?.status ?? 0,
                text: String(decoding: answer?.body ?? [], as: UTF8.self)
            )
        }
        var settings = try GatewayUnderTest.settings(
            folder,
            port: 1,
            subscriptions: [try GatewayUnderTest.nothing()]
        )
        settings.rulesFolder = rules
        settings.takesRemoteWrite = true
        let gateway = try await GatewayUnderTest(settings)
        func own(_ path: String) async throws -> Answer {
            let answer = try await gateway.get("/api/v1/\(path)")
            return Answer(status: Int(answer.status), text: answer.text)
        }
        // Nothing was judged: the group that is judged every 200 days is not by either.
        let seldom = try await own("rules").lines().filter { $0.key.contains("seldom") }
        #expect(seldom.count > 20)
        let unlike = try Self.differences(try await own("rules"), ask("rules"))
        #expect(unlike.filter { $0.contains("/1 seldom/") } == [])
        #expect(seldom["/data/groups/1 seldom/rules/0 pump:count/health"] == "unknown")

        var time = GatewayRuntime.systemClock()
        for pressure in [6.0, 4] {
            let samples = Self.samples(pressure: pressure, at: time)
            for address in [gateway.address, peer] {
                let answer = try await SamplePush.send(samples, to: address)
                #expect(answer.status == 204, "\(answer.text)")
            }
            await gateway.runtime.judge(at: time)
            let isPressed = pressure > 5
            try await gateway.wait("Prometheus") {
                guard let lines = try? ask("rules").lines() else { return false }
                let rules = "/data/groups/0 pumps/rules"
                let way = "\(rules)/4 PumpPressed"
                guard lines["\(way)/state"] == "firing" else { return false }
                // The last rule of the group was judged after it.
                return isPressed
                    ? lines["\(rules)/5 PumpCold/health"] == "ok"
                    : lines["\(way)/alerts/0 PumpPressed B-1/value"] == "6e+00"
                        && lines["\(way)/alerts/0 PumpPressed B-1/keepFiringSince"] != nil
            }
            let group = "rules?type=alert"
            for path in ["rules", group, "rules?type=record", "alerts", "rules?type=all"] {
                let differences = try Self.differences(try await own(path), ask(path))
                    .filter { !$0.contains("/1 seldom/") }
                #expect(differences == [], "\(path)")
            }
            time = max(GatewayRuntime.systemClock(), time + .seconds(1))
        }
        let last = try await own("rules").lines()
        let way = "/data/groups/0 pumps/rules"
        for (place, value) in [
            "0 pump:hot/health": "ok", "1 pump:bad/health": "err", "2 PumpHot/state": "firing",
            "3 PumpWarm/state": "pending", "5 PumpCold/state": "inactive",
            "3 PumpWarm/duration": "5400", "4 PumpPressed/keepFiringFor": "3600",
            "1 pump:bad/lastError": "a text: true",
            "3 PumpWarm/alerts/1 PumpWarm B-2/state": "pending",
            "4 PumpPressed/alerts/0 PumpPressed B-1/keepFiringSince": "a time",
            "2 PumpHot/alerts/0 PumpHot B-1/annotations/summary": "Máy bơm B-1: 91.5 °C",
        ] {
            #expect(last["\(way)/\(place)"] == value, "\(place)")
        }
        #expect(last["status code"] == "200")
        try await gateway.stop()
    }
}
