import Alerting
import Foundation
import Telemetry
import TestKit
import Testing

struct DeliveryScheduleTests {
    private static let start = Instant(milliseconds: 1_000_000)

    private static func notification(_ number: Int, receiver: String = "crew")
        throws -> Alerting.Notification
    {
        // The payload is what the module reads and writes anyway, so it serves to make one.
        let json = """
            {"version":"4","groupKey":"{}:{n=\\"\(number)\\"}","truncatedAlerts":0,\
            "status":"firing","receiver":"\(receiver)","groupLabels":{},"commonLabels":{},\
            "commonAnnotations":{},"externalURL":"","alerts":[]}
            """
        return try JSONDecoder().decode(Alerting.Notification.self, from: Data(json.utf8))
    }

    private static func plainSettings() -> DeliverySettings {
        var settings = DeliverySettings()
        settings.jitterRatio = 0
        return settings
    }

    @Test func `pauses double up to the longest and jitter only lengthens them`() {
        let settings = DeliverySettings()
        let pauses = (1...9).map { settings.pause(afterFailures: $0, chance: 0).count / 1000 }
        #expect(pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300])
        #expect(settings.pause(afterFailures: 1, chance: 0.5) == Milliseconds(5_500))
        #expect(settings.pause(afterFailures: .max, chance: 0.999).count < 360_000)
    }

    @Test func `a failed delivery is tried again and a delivered one is not`() throws {
        var schedule = DeliverySchedule(receivers: ["crew"], settings: Self.plainSettings())
        let notification = try Self.notification(1)
        #expect(schedule.enqueue(notification, at: Self.start) == .queued)
        #expect(schedule.nextDue == Self.start)
        var time = Self.start
        for attempt in 1...3 {
            let delivery = try #require(schedule.start(at: time).first)
            #expect(delivery.attempt == attempt)
            #expect(schedule.start(at: time).isEmpty, "one at a time")
            schedule.failed(delivery, at: time, reason: "refused")
            #expect(schedule.states["crew"]?.lastError == "refused")
            let due = try #require(schedule.nextDue)
            #expect(due == time + .seconds(5 << Int64(attempt - 1)))
            #expect(schedule.start(at: due - Milliseconds(1)).isEmpty)
            time = due
        }
        let last = try #require(schedule.start(at: time).first)
        schedule.succeeded(last)
        #expect(schedule.nextDue == nil)
        #expect(schedule.enqueue(notification, at: time) == .repeated)
        #expect(schedule.states["crew"]?.deliveredCount == 1)
        #expect(schedule.states["crew"]?.failedAttemptCount == 3)
        #expect(schedule.states["crew"]?.lastError == nil)
    }

    @Test func `a pause that a clock in the future began is over when the clock is right`() throws {
        var schedule = DeliverySchedule(receivers: ["crew"])
        let future = Self.start + .days(3_600)
        _ = schedule.enqueue(try Self.notification(1), at: future)
        let delivery = try #require(schedule.start(at: future).first)
        schedule.failed(delivery, at: future, reason: "refused")
        #expect(schedule.start(at: future).isEmpty, "the pause lasts")
        #expect(schedule.start(at: Self.start).count == 1)
    }

    @Test func `a dead receiver delays no other`() throws {
        var schedule = DeliverySchedule(receivers: ["crew", "log"], settings: Self.plainSettings())
        for number in 1...3 {
            for receiver in ["crew", "log"] {
                _ = schedule.enqueue(
                    try Self.notification(number, receiver: receiver),
                    at: Self.start
                )
            }
        }
        var logged = 0
        for _ in 1...3 {
            for delivery in schedule.start(at: Self.start) {
                if delivery.notification.receiver == "log" {
                    logged += 1
                    schedule.succeeded(delivery)
                } else {
                    schedule.failed(delivery, at: Self.start, reason: "down")
                }
            }
        }
        #expect(logged == 3)
        #expect(schedule.states["crew"]?.waitingCount == 3)
        #expect(schedule.states["crew"]?.failedAttemptCount == 1)
    }

    @Test func `the order of a receiver's notifications is kept`() throws {
        var generator = SeededGenerator(seed: UInt64.random(in: 0...UInt64.max))
        print("seed \(generator.seed)")
        var schedule = DeliverySchedule(receivers: ["crew"], seed: generator.seed)
        let sent = try (1...20).map { try Self.notification($0) }
        for notification in sent { _ = schedule.enqueue(notification, at: Self.start) }
        var arrived: [Alerting.Notification] = []
        while let time = schedule.nextDue {
            for delivery in schedule.start(at: time) {
                if Int.random(in: 0..<3, using: &generator) == 0 {
                    schedule.succeeded(delivery)
                    arrived.append(delivery.notification)
                } else {
                    schedule.failed(delivery, at: time, reason: "flaky")
                }
            }
        }
        #expect(arrived == sent)
    }

    @Test func `the queue is bounded and the oldest gives way`() throws {
        var settings = Self.plainSettings()
        settings.queueLength = 2
        var schedule = DeliverySchedule(receivers: ["crew"], settings: settings)
        let all = try (1...4).map { try Self.notification($0) }
        _ = schedule.enqueue(all[0], at: Self.start)
        _ = schedule.enqueue(all[1], at: Self.start)
        #expect(schedule.enqueue(all[2], at: Self.start) == .queuedInPlaceOf(all[0]))
        let underWay = try #require(schedule.start(at: Self.start).first)
        #expect(underWay.notification == all[1])
        #expect(schedule.enqueue(all[3], at: Self.start) == .queuedInPlaceOf(all[2]))
        schedule.succeeded(underWay)
        #expect(schedule.start(at: Self.start).first?.notification == all[3])
        #expect(schedule.states["crew"]?.abandonedCount == 2)
    }

    @Test func `what is refused for good or too old is given up`() throws {
        var schedule = DeliverySchedule(receivers: ["crew"], settings: Self.plainSettings())
        _ = schedule.enqueue(try Self.notification(1), at: Self.start)
        _ = schedule.enqueue(try Self.notification(2), at: Self.start)
        let first = try #require(schedule.start(at: Self.start).first)
        schedule.failed(first, at: Self.start, reason: "400", isPermanent: true)
        #expect(schedule.states["crew"]?.abandonedCount == 1)
        #expect(schedule.start(at: Self.start + .days(2)).isEmpty)
        #expect(schedule.states["crew"]?.abandonedCount == 2)
        #expect(schedule.nextDue == nil)
    }

    @Test func `a killed process delivers again what was under way`() throws {
        var schedule = DeliverySchedule(receivers: ["crew"])
        _ = schedule.enqueue(try Self.notification(1), at: Self.start)
        let lost = try #require(schedule.start(at: Self.start).first)
        let stored = try JSONEncoder().encode(schedule)
        var restored = try JSONDecoder().decode(DeliverySchedule.self, from: stored)
        #expect(restored == schedule)
        #expect(restored.start(at: Self.start + .days(1)).isEmpty)
        restored.interrupt()
        let again = try #require(restored.start(at: Self.start).first)
        #expect(again == lost)
        restored.succeeded(again)
        let after = try JSONDecoder().decode(
            DeliverySchedule.self,
            from: try JSONEncoder().encode(restored)
        )
        var next = after
        #expect(next.enqueue(try Self.notification(1), at: Self.start) == .repeated)
    }

    @Test func `receivers follow the configuration`() throws {
        var schedule = DeliverySchedule(receivers: ["crew"])
        #expect(
            schedule.enqueue(try Self.notification(1, receiver: "other"), at: Self.start)
                == .unknownReceiver
        )
        _ = schedule.enqueue(try Self.notification(1), at: Self.start)
        schedule.setReceivers(["other"])
        #expect(schedule.nextDue == nil)
        #expect(Array(schedule.states.keys) == ["other"])
    }

    @Test func `an answer to something else changes nothing`() throws {
        var schedule = DeliverySchedule(receivers: ["crew"])
        _ = schedule.enqueue(try Self.notification(1), at: Self.start)
        let delivery = try #require(schedule.start(at: Self.start).first)
        schedule.succeeded(delivery)
        let before = schedule.states
        schedule.succeeded(delivery)
        #expect(schedule.states == before)
    }
}
