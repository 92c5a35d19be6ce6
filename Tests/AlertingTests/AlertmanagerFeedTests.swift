import Alerting
import PromQL
import Telemetry
import Testing

/// What an Alertmanager is told when (rules-and-alerts.md, section 4).
@Suite struct AlertmanagerFeedTests {
    private static let start = Instant(milliseconds: 1_773_075_600_000)

    /// A bin that is full for some minutes from the second on.
    private static func engine(
        fullFor minutes: Int64,
        holdFor: String = "0s",
        interval: String = "1m"
    ) throws -> (AlertEngine, MemorySeriesSource) {
        let file = try RuleFile.parse(
            text: """
                groups:
                  - name: bins
                    interval: \(interval)
                    rules:
                      - alert: BinFull
                        expr: bin_fill_ratio > 0.9
                        for: \(holdFor)
                        labels: {severity: minor}
                        annotations: {summary: "{{ $labels.device }} is full"}
                """,
            file: "bins.yaml"
        )
        var source = MemorySeriesSource()
        for minute in 0..<60 {
            let isFull = (1...minutes).contains(Int64(minute))
            source.append(
                Labels(metric: "bin_fill_ratio", ["device": "bin-1"]),
                Sample(time: start + .minutes(Int64(minute)), value: isFull ? 0.95 : 0.2)
            )
        }
        return (AlertEngine(groups: file.groups, queryEngine: QueryEngine()), source)
    }

    /// Runs the minutes of an hour, with a look every 15 s; what was told by minute and second.
    private static func told(
        _ engine: AlertEngine,
        _ source: MemorySeriesSource,
        minutes: Int64,
        reaching: (Instant) -> Bool = { _ in true }
    ) -> [(at: Milliseconds, alerts: [AlertmanagerAlert])] {
        var engine = engine
        var feed = AlertmanagerFeed()
        var told: [(Milliseconds, [AlertmanagerAlert])] = []
        for quarter in 0..<(minutes * 4) {
            let now = start + .seconds(quarter * 15)
            if quarter.isMultiple(of: 4) { _ = engine.evaluate(at: now, source: source) }
            let round = feed.round(of: engine, at: now, externalURL: "http://langso.example")
            guard !round.alerts.isEmpty, reaching(now) else { continue }
            feed.note(round, 0..<round.alerts.count, at: now)
            told.append((now - start, round.alerts))
        }
        return told
    }

    @Test func `what fires is told each minute, with an end four minutes ahead`() throws {
        let (engine, source) = try Self.engine(fullFor: 3)
        let told = Self.told(engine, source, minutes: 4)
        #expect(told.map(\.at) == [.minutes(1), .minutes(2), .minutes(3)])
        for (at, alerts) in told {
            #expect(alerts.count == 1)
            let labels = ["alertname": "BinFull", "device": "bin-1", "severity": "minor"]
            #expect(alerts[0].labels == labels)
            #expect(alerts[0].annotations["summary"] == "bin-1 is full")
            #expect(alerts[0].startsAt == (Self.start + .minutes(1)).rfc3339)
            #expect(alerts[0].endsAt == (Self.start + at + .minutes(4)).rfc3339)
            #expect(alerts[0].generatorURL.hasPrefix("http://langso.example/graph?g0.expr=bin"))
        }
    }

    @Test func `a group that is judged seldom has its alerts live as long`() throws {
        let (engine, source) = try Self.engine(fullFor: 30, interval: "5m")
        let told = Self.told(engine, source, minutes: 6)
        #expect(told.map(\.at) == [.minutes(5)])
        #expect(told.first?.alerts.first?.endsAt == (Self.start + .minutes(25)).rfc3339)
    }

    @Test func `the end is told at once and again for a quarter of an hour`() throws {
        let (engine, source) = try Self.engine(fullFor: 3)
        let told = Self.told(engine, source, minutes: 30).dropFirst(3)
        let end = Self.start + .minutes(4)
        #expect(told.map(\.at) == (4...19).map { .minutes($0) })
        #expect(told.allSatisfy { $0.alerts[0].endsAt == end.rfc3339 })
        #expect(told.allSatisfy { $0.alerts[0].startsAt == (Self.start + .minutes(1)).rfc3339 })
    }

    @Test func `what is pending is not told`() throws {
        let (engine, source) = try Self.engine(fullFor: 3, holdFor: "5m")
        #expect(Self.told(engine, source, minutes: 10).isEmpty)
    }

    @Test func `what did not arrive comes with the next look`() throws {
        let (engine, source) = try Self.engine(fullFor: 50)
        let away = Self.start + .minutes(3)
        let told = Self.told(engine, source, minutes: 6) { $0 <= Self.start || $0 > away }
        #expect(told.first?.at == .minutes(3) + .seconds(15))
        let never = Self.told(engine, source, minutes: 6) { _ in false }
        #expect(never.isEmpty)
    }

    @Test func `an alert that ended before it was ever told is not told of`() throws {
        let (engine, source) = try Self.engine(fullFor: 3)
        let back = Self.start + .minutes(6)
        #expect(Self.told(engine, source, minutes: 12) { $0 > back }.isEmpty)
    }

    @Test func `what fires again is told alone, not beside its last end`() throws {
        let (engine, _) = try Self.engine(fullFor: 1)
        var source = MemorySeriesSource()
        for minute in 0..<30 {
            // Full from the second minute on for two, then again from the seventh on.
            let isFull = (1...2).contains(minute) || minute >= 6
            source.append(
                Labels(metric: "bin_fill_ratio", ["device": "bin-1"]),
                Sample(time: Self.start + .minutes(Int64(minute)), value: isFull ? 0.95 : 0.2)
            )
        }
        let told = Self.told(engine, source, minutes: 20)
        #expect(told.allSatisfy { $0.alerts.count == 1 })
        let again = (Self.start + .minutes(6)).rfc3339
        for (at, alerts) in told where at >= .minutes(6) {
            #expect(alerts[0].startsAt == again, "\(at)")
        }
        #expect(told.last?.at == .minutes(19))
    }

    @Test func `labels of the gateway are added where an alert has none of the name`() throws {
        let (made, source) = try Self.engine(fullFor: 3)
        var engine = made
        let now = Self.start + .minutes(1)
        _ = engine.evaluate(at: now, source: source)
        var feed = AlertmanagerFeed()
        let round = feed.round(
            of: engine,
            at: now,
            externalLabels: ["commune": "Hoành Mô", "severity": "none"],
            externalURL: ""
        )
        let json = try AlertmanagerAlert.json(round.alerts)
        #expect(json.contains(#""commune":"Hoành Mô""#))
        #expect(json.contains(#""severity":"minor""#))
    }
}
