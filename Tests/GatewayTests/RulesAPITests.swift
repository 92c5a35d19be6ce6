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
    /// `data/groups/pumps/PumpHot/state`.
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
            for (index, value) in list.enumerated() {
                let labels = value["labels"] as? [String: String]
                let device = labels?["device"]
                let alert = labels?["alertname"].map { "\($0) \(device ?? "")" }
                let name = value["name"] as? String ?? alert ?? "\(index)"
                lines.merge(Self.lines(value, "\(way)/\(name)")) { first, _ in first }
            }
        case let list as [Any]: lines[way] = list.isEmpty ? "[]" : "\(list)"
        default: lines[way] = "\(json)"
        }
        return lines
    }

    private static func lines(of text: String) throws -> [String: String] {
        lines(try JSONSerialization.jsonObject(with: Data(text.utf8)))
    }

    /// What differs, each with both sides.
    private static func differences(_ own: String, _ other: String) throws -> [String] {
        let (own, other) = (try lines(of: own), try lines(of: other))
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
        @Sendable func ask(_ path: String) -> String {
            let answer = LoopbackRequest.get(port: prometheus.port, path: "/api/v1/\(path)")
            return String(decoding: answer?.body ?? [], as: UTF8.self)
        }
        var settings = try GatewayUnderTest.settings(
            folder,
            port: 1,
            subscriptions: [try GatewayUnderTest.nothing()]
        )
        settings.rulesFolder = rules
        settings.takesRemoteWrite = true
        let gateway = try await GatewayUnderTest(settings)
        func own(_ path: String) async throws -> String {
            try await gateway.get("/api/v1/\(path)").text
        }
        // Nothing was judged: the group that is judged every 200 days is not by either.
        let seldom = try Self.lines(of: try await own("rules")).filter { $0.key.contains("seldom") }
        #expect(seldom.count > 20)
        let unlike = try Self.differences(try await own("rules"), ask("rules"))
        #expect(unlike.filter { $0.contains("/seldom/") } == [])
        #expect(seldom["/data/groups/seldom/rules/pump:count/health"] == "unknown")

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
                guard let lines = try? Self.lines(of: ask("rules")) else { return false }
                let way = "/data/groups/pumps/rules/PumpPressed"
                guard lines["\(way)/state"] == "firing" else { return false }
                // The last rule of the group was judged after it.
                return isPressed
                    ? lines["/data/groups/pumps/rules/PumpCold/health"] == "ok"
                    : lines["\(way)/alerts/PumpPressed B-1/value"] == "6e+00"
                        && lines["\(way)/alerts/PumpPressed B-1/keepFiringSince"] != nil
            }
            let group = "rules?type=alert"
            for path in ["rules", group, "rules?type=record", "alerts", "rules?type=all"] {
                let differences = try Self.differences(try await own(path), ask(path))
                    .filter { !$0.contains("/seldom/") }
                #expect(differences == [], "\(path)")
            }
            time = max(GatewayRuntime.systemClock(), time + .seconds(1))
        }
        let last = try Self.lines(of: try await own("rules"))
        let way = "/data/groups/pumps/rules"
        for (place, value) in [
            "pump:hot/health": "ok", "pump:bad/health": "err", "PumpHot/state": "firing",
            "PumpWarm/state": "pending", "PumpCold/state": "inactive", "PumpWarm/duration": "5400",
            "PumpPressed/keepFiringFor": "3600", "pump:bad/lastError": "a text: true",
            "PumpPressed/alerts/PumpPressed B-1/keepFiringSince": "a time",
            "PumpHot/alerts/PumpHot B-1/annotations/summary": "Máy bơm B-1: 91.5 °C",
        ] {
            #expect(last["\(way)/\(place)"] == value, "\(place)")
        }
        try await gateway.stop()
    }
}
