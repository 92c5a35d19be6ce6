import Alerting
import Foundation
@testable import Gateway
import Ingest
import Knowledge
import Logging
import MQTT
import PromQL
import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing

/// Minutes that were missed, judged stretch by stretch.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct AlertCatchUpTests {
    /// `chain` counts on from what it gave three minutes before: it only grows while each stretch
    /// sees what the one before gave, of which nothing but the last minute is remembered.
    private static let rules = """
        groups:
          - name: g
            rules:
              - record: chain
                expr: chain offset 3m + 1 or absent_over_time(chain[10m]) * 0
              - record: copied
                expr: level
              - record: known
                expr: device_expected_interval_seconds
        """
    private static let (devices, minutes) = (50, 180)

    private func service(
        _ gateway: GatewayUnderTest,
        _ folder: TemporaryFolder,
        historySamples: Int,
        access: StoreAccess? = nil,
        lateSince: Instant? = nil,
        stopwatch: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws -> AlertService {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var limits = AlertingLimits()
        limits.historySamples = historySamples
        // Nothing is remembered from one stretch to the next but what the store shows.
        limits.writeDelay = .zero
        return AlertService(
            engine: AlertEngine(
                groups: try RuleFile.parse(text: Self.rules, file: "test.yaml").groups,
                queryEngine: QueryEngine(),
                limits: limits
            ),
            schedule: DeliverySchedule(receivers: []),
            lateSince: lateSince,
            lateWindow: .hours(6),
            store: access ?? gateway.runtime.access,
            folder: folder.path,
            receivers: [],
            grouping: NotificationGrouping(externalURL: ""),
            sender: NotificationSender(publisher: nil, logger: logger),
            logger: logger,
            stopwatch: stopwatch
        )
    }

    private func gateway(
        _ folder: TemporaryFolder,
        _ broker: BrokerProcess,
        until now: Instant
    ) async throws -> GatewayUnderTest {
        let settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")],
            registry: [
                "units.csv": "code,name,kind\nxa-1,Xã Một,commune\n",
                "villages.csv": "code,name\nv1,Bản Một\n",
                "memberships.csv": "unit,village,from\nxa-1,v1,2025-07-01\n",
                "devices.csv":
                    "code,address,name,kind,profile,village,expected_interval\n"
                    + "M-1,m1,Đồng hồ Một,water_flow,json-datalogger,v1,10m\n",
            ]
        )
        let gateway = try await GatewayUnderTest(settings)
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        var entries = LabelledSamples()
        for minute in 0...Self.minutes {
            let time = now - .minutes(Int64(Self.minutes - minute))
            for device in 0..<Self.devices {
                entries.append(
                    ["__name__": "level", "device": "\(device)"],
                    Sample(time: time, value: Double(minute))
                )
            }
        }
        let failure = await OwnThread.run { [entries] in
            gateway.runtime.access.writeVisibly(entries)
        }
        #expect(failure == nil)
        return gateway
    }

    private func value(
        _ expression: String,
        _ gateway: GatewayUnderTest,
        at now: Instant
    ) throws -> Double? {
        let source = try #require(gateway.runtime.access.source(at: now))
        let parsed = try PromQLParser.parse(expression)
        guard case .vector(let found) = try QueryEngine().instant(parsed, at: now, source: source)
        else { return nil }
        return found.first?.sample.value
    }

    @Test func `three hours are judged in as many stretches as it takes, each seeing the last`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-catch-up")
        let now = RuleService.minute(of: GatewayRuntime.systemClock())
        let gateway = try await gateway(folder, broker, until: now)
        // 51 samples a minute: 20 minutes at once, and no more.
        let alerts = try service(gateway, folder, historySamples: 1_100)
        await alerts.evaluate(at: now, from: now - .minutes(Int64(Self.minutes)))
        #expect(await alerts.state.book.lastEvaluation == now)
        #expect(try value("chain", gateway, at: now) == Double(Self.minutes / 3))
        let copied = "count_over_time(copied{device=\"7\"}[4h])"
        #expect(try value(copied, gateway, at: now) == Double(Self.minutes + 1))
        try await gateway.stop()
    }

    @Test func `a past that cannot be judged is given up, and the present is judged`() async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-catch-up")
        let now = RuleService.minute(of: GatewayRuntime.systemClock())
        let gateway = try await gateway(folder, broker, until: now)
        let alerts = try service(gateway, folder, historySamples: 1)
        // Longer than one stretch, so that the one that fails does not reach to the present.
        await alerts.evaluate(at: now, from: now - .hours(13))
        #expect(await alerts.state.book.lastEvaluation == now)
        // The results of one minute are not waited for by the service.
        try await gateway.wait("what is known of the present") {
            (try? value("known{device=\"M-1\"}", gateway, at: now)) == 600
        }
        // The next minute is an ordinary one.
        await alerts.evaluate(at: now + .minutes(1))
        #expect(await alerts.figures.evaluations == 2)
        try await gateway.stop()
    }

    @Test func `what could not be stored is judged again later, also by the next process`()
        async throws
    {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-catch-up")
        let now = RuleService.minute(of: GatewayRuntime.systemClock())
        let gateway = try await gateway(folder, broker, until: now)
        let closed = OwnSamples()
        closed.close()
        let access = StoreAccess(
            worker: gateway.runtime.worker,
            own: closed,
            known: KnownSeries([])
        )
        let alerts = try service(gateway, folder, historySamples: 100_000, access: access)
        let begin = now - .minutes(Int64(Self.minutes))
        await alerts.evaluate(at: now, from: begin)
        #expect(await alerts.state.book.lastEvaluation == now)
        #expect(try AlertState.load(folder.path)?.lateSince == begin)
        // While nothing can be stored no time is lost with the past.
        #expect(await alerts.correctionPause == now..<(now + AlertService.correctionRetryPause))
        await alerts.evaluate(at: now + .minutes(1))
        #expect(await alerts.correct(at: now + .minutes(1)) == false)
        #expect(await alerts.correctionPause?.lowerBound == now + .minutes(1))
        #expect(await alerts.lateSince == begin)
        let copied = "count_over_time(copied{device=\"7\"}[4h])"
        #expect(try value(copied, gateway, at: now) == nil)
        // The disk is well again, or another process goes on.
        let stored = try #require(try AlertState.load(folder.path))
        let next = try service(
            gateway,
            folder,
            historySamples: 100_000,
            lateSince: stored.lateSince
        )
        await next.evaluate(at: now + .minutes(1))
        _ = await next.correct(at: now + .minutes(1))
        #expect(await next.lateSince == nil)
        #expect(try AlertState.load(folder.path)?.lateSince == nil)
        #expect(try value(copied, gateway, at: now) == Double(Self.minutes + 1))
        try await gateway.stop()
    }

    @Test func `late samples wait while a long correction is a short time ago`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-catch-up")
        let now = RuleService.minute(of: GatewayRuntime.systemClock())
        let gateway = try await gateway(folder, broker, until: now)
        let began = ContinuousClock.now
        let readings = Mutex(0)
        // Each correction takes 15 s by this.
        let alerts = try service(gateway, folder, historySamples: 10_000) {
            readings.withLock { count in
                count += 1
                return began + .seconds(15 * count)
            }
        }
        await alerts.evaluate(at: now)
        var corrections: [UInt64] = []
        for minute in 1...7 {
            await alerts.evaluate(at: now + .minutes(Int64(minute)))
            await alerts.noteChange(now + .seconds(Int64(minute - 1) * 60))
            _ = await alerts.correct(at: now + .minutes(Int64(minute)))
            corrections.append(await alerts.figures.corrections)
        }
        // 15 s and a pause of 135 s: every third minute.
        #expect(corrections == [1, 1, 1, 2, 2, 2, 3])
        #expect(await alerts.lateSince == nil)
        try await gateway.stop()
    }

    @Test func `nothing is judged from the time when the gateway begins to end`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-catch-up")
        let now = RuleService.minute(of: GatewayRuntime.systemClock())
        let gateway = try await gateway(folder, broker, until: now)
        let alerts = try service(gateway, folder, historySamples: 10_000)
        await alerts.evaluate(at: now)
        await alerts.noteChange(now - .minutes(30))
        alerts.isEnding.withLock { $0 = true }
        await alerts.evaluate(at: now + .minutes(1))
        _ = await alerts.correct(at: now + .minutes(1))
        #expect(await alerts.state.book.lastEvaluation == now)
        #expect(await alerts.lateSince == now - .minutes(30))
        try await gateway.stop()
    }

    @Test func `a clock that was in 2036 for a while stops nothing`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-catch-up")
        let now = RuleService.minute(of: GatewayRuntime.systemClock())
        let gateway = try await gateway(folder, broker, until: now)
        let alerts = try service(gateway, folder, historySamples: 10_000)
        await alerts.evaluate(at: now)
        await alerts.evaluate(at: now + .days(3_600))
        await alerts.evaluate(at: now + .minutes(1))
        #expect(await alerts.state.book.lastEvaluation == now + .minutes(1))
        try await gateway.stop()
    }

    @Test func `a minute is judged once, also when the clock has gone back`() {
        let now = RuleService.minute(of: GatewayRuntime.systemClock())
        #expect(RuleService.isDue(now, after: nil))
        #expect(!RuleService.isDue(now, after: now))
        #expect(RuleService.isDue(now + .minutes(1), after: now))
        #expect(!RuleService.isDue(now - .minutes(1), after: now), "a correction is waited for")
        #expect(RuleService.isDue(now, after: now + .days(3_600)))
    }
}
