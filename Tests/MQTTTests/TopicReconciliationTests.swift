import TestKit
import Testing

@testable import MQTT

/// What a persistent session at a broker holds follows the settings.
@Suite(.serialized, .enabled(if: BrokerProcess.program != nil))
struct TopicReconciliationTests {
    @Test(arguments: ProtocolVersion.allCases)
    func `topics that the settings no longer name bring nothing more`(
        version: ProtocolVersion
    ) throws {
        let broker = try BrokerProcess()
        let before = [TopicFilter("lamp/#"), TopicFilter("bin/#")]
        let after = [TopicFilter("bin/#"), TopicFilter("water/+/flow")]
        var settings = SessionUnderTest.settings(
            port: broker.port,
            version: version,
            topics: before
        )
        let first = try SessionUnderTest(settings)
        #expect(first.isConnected())
        #expect(first.recorder.topicChanges == [["lamp/#", "bin/#"]])
        #expect(first.session.stop())

        settings.topics = after
        let second = try SessionUnderTest(settings, previousTopics: before)
        #expect(second.isConnected())
        // Before anything changes it names both, so that a crash in between forgets nothing.
        #expect(
            second.recorder.topicChanges == [
                ["bin/#", "water/+/flow", "lamp/#"], ["bin/#", "water/+/flow"],
            ]
        )
        #expect(second.status.subscriptions.map(\.granted) == [.atLeastOnce, .atLeastOnce])

        let publisher = try SessionUnderTest.publisher(port: broker.port)
        for topic in ["lamp/1", "bin/1", "water/z1/flow", "lamp/2", "bin/2"] {
            try publisher.publish(topic: topic, payload: [49])
        }
        try publisher.flush()
        #expect(BrokerWaiting.until { second.sink.committed.count >= 3 })
        #expect(second.sink.committed.map(\.topic) == ["bin/1", "water/z1/flow", "bin/2"])
    }

    @Test func `unchanged topics are not reported again`() throws {
        let broker = try BrokerProcess()
        let settings = SessionUnderTest.settings(port: broker.port)
        let first = try SessionUnderTest(settings)
        #expect(first.isConnected())
        #expect(first.session.stop())
        let second = try SessionUnderTest(settings, previousTopics: settings.topics)
        #expect(second.isConnected())
        #expect(second.recorder.topicChanges.isEmpty)
    }

    @Test func `a refused and a weakened subscription are reported, the others work`() throws {
        let broker = try BrokerStandIn()
        let topics = ["village/#", "town/#", "road/#"].map { TopicFilter($0) }
        let settings = SessionUnderTest.settings(port: broker.port, topics: topics)
        let test = try SessionUnderTest(settings)
        let connection = try #require(broker.accept())
        #expect(connection.greet(filterCount: 0))
        let subscribe = try #require(connection.receive())
        connection.send([0x90, 5, subscribe.body[0], subscribe.body[1], 1, 0x80, 0])
        #expect(test.isConnected())
        #expect(test.status.subscriptions.map(\.granted) == [.atLeastOnce, nil, .atMostOnce])
        #expect(BrokerWaiting.until { test.recorder.events.count == 4 })
        #expect(test.recorder.events.contains(.subscriptionRefused(topics[1])))
        #expect(
            test.recorder.events.contains(.subscriptionWeakened(topics[2], granted: .atMostOnce))
        )
        connection.publish(topic: "village/a", payload: [49], identifier: 7)
        #expect(connection.receive()?.identifier == 7)
    }

    @Test func `a plan ends what is gone and asks for everything else`() {
        let plan = SubscriptionPlan(
            known: [TopicFilter("a"), TopicFilter("b")],
            wanted: [TopicFilter("b", quality: .atMostOnce), TopicFilter("c")]
        )
        #expect(plan.ended == ["a"])
        #expect(plan.during.map(\.pattern) == ["b", "c", "a"])
        #expect(plan.packets.map { $0.map(\.pattern) } == [["b"], ["c"]])
    }

    @Test func `a plan for many topics fits its packets`() {
        let wanted = (0..<173).map { TopicFilter("t/\($0)") }
        let packets = SubscriptionPlan(known: [], wanted: wanted).packets
        #expect(packets.map(\.count) == [50, 50, 50, 23])
        #expect(packets.flatMap { $0 } == wanted)
    }
}
