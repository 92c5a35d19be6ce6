import Simulation
import Telemetry
import TestKit
import Testing

/// What holds for all messages of a simulated deployment.
struct SimulatedDeploymentTests {
    @Test func `the same seed gives the same messages, another seed others`() {
        let end = DemoHistory.start + .days(1)
        var one = DemoHistory.deployment(seed: 7)
        var same = DemoHistory.deployment(seed: 7)
        var other = DemoHistory.deployment(seed: 8)
        let messages = one.advance(to: end)
        let isSame = messages == same.advance(to: end)
        #expect(isSame)
        let isOther = messages != other.advance(to: end)
        #expect(isOther)
    }

    @Test func `many small windows give what one large window gives`() {
        var random = SeededGenerator(seed: .random(in: 0...UInt64.max))
        print("seed \(random.seed)")
        // From before now until after it, so that live faults begin on the way.
        let end = DemoHistory.now + .hours(6)
        let first = DemoHistory.now - .hours(8)
        for seed in [UInt64(1), .random(in: 0...UInt64.max, using: &random)] {
            print("deployment \(seed)")
            var large = DemoHistory.deployment(seed: seed)
            var small = DemoHistory.deployment(seed: seed)
            let whole = large.advance(to: end)
            var parts = small.advance(to: first)
            while small.last < end {
                let step = Milliseconds(Int64.random(in: 1...400_000, using: &random))
                parts += small.advance(to: min(small.last + step, end))
            }
            // Compared by hand: a difference of so many messages would take the day to print.
            #expect(parts.count == whole.count)
            let place = zip(parts, whole).enumerated().first { $0.element.0 != $0.element.1 }
            if let (index, (part, all)) = place {
                Issue.record("\(index): \(part.time) \(part.topic), \(all.time) \(all.topic)")
            }
            let areFaultsEqual = small.liveFaults == large.liveFaults
            #expect(areFaultsEqual)
        }
    }

    @Test func `an end that is not later gives nothing`() {
        var deployment = DemoHistory.deployment()
        #expect(deployment.advance(to: DemoHistory.start).isEmpty)
        #expect(!deployment.advance(to: DemoHistory.start + .hours(1)).isEmpty)
        #expect(deployment.advance(to: DemoHistory.start + .hours(1)).isEmpty)
        #expect(deployment.advance(to: DemoHistory.start).isEmpty)
    }

    @Test func `messages are in time order and inside their window`() throws {
        let history = try DemoHistory.shared.get()
        let messages = history.past + history.future
        #expect(zip(messages, messages.dropFirst()).allSatisfy { $0.time <= $1.time })
        #expect(history.past.allSatisfy { $0.time <= DemoHistory.now })
        #expect(history.past.allSatisfy { $0.time > DemoHistory.start })
        #expect(history.future.allSatisfy { $0.time > DemoHistory.now })
    }

    @Test func `fourteen days are a bounded count of messages and bytes`() throws {
        let messages = try DemoHistory.shared.get().past
        let bytes = messages.reduce(0) { $0 + $1.payload.count }
        print("\(messages.count) messages, \(bytes) bytes of payload")
        #expect((115_000...130_000).contains(messages.count))
        #expect(bytes < 120_000_000)
        #expect(messages.allSatisfy { $0.payload.count < 2000 })
    }

    @Test func `every topic has a level that says it is simulated`() throws {
        for message in try DemoHistory.shared.get().past {
            let isMarked = message.topic.split(separator: "/").contains {
                $0 == "mo-phong" || $0 == "mo-phong@lang-so"
            }
            #expect(isMarked, "\(message.topic)")
        }
    }

    @Test func `frames are lost, heard by two gateways and delivered twice`() throws {
        let messages = try DemoHistory.shared.get().past
        let radio = messages.filter { $0.topic.hasPrefix("application/") }
        var seen: Set<[UInt8]> = []
        let repeated = radio.filter { !seen.insert($0.payload).inserted }.count
        #expect((0.001...0.01).contains(Double(repeated) / Double(radio.count)))
        let twice = radio.prefix(2000).filter {
            String(decoding: $0.payload, as: UTF8.self).split(separator: "gatewayId").count == 3
        }.count
        #expect((500...900).contains(twice))
        let lamp = radio.filter { $0.topic.contains("024d500100000001") }
        let counters = try lamp.map { message in
            let text = String(decoding: message.payload, as: UTF8.self)
            let tail = try #require(text.split(separator: "\"fCnt\":").last)
            return try #require(Int(tail.prefix { $0 != "," }))
        }
        let first = try #require(counters.first)
        let last = try #require(counters.last)
        let lost = last - first + 1 - Set(counters).count
        #expect((10...50).contains(lost), "\(lost) of \(last - first)")
    }

    @Test func `a larger deployment is made as well`() {
        var deployment = SimulatedDeployment(
            seed: 3,
            start: DemoHistory.now - .hours(1),
            now: DemoHistory.now,
            size: DeploymentSize(lamps: 3000, bins: 200, meters: 400, villages: 40)
        )
        #expect(deployment.advance(to: DemoHistory.now).count > 12_000)
    }

    @Test func `a deployment of few devices leaves out the faults of others`() {
        var deployment = SimulatedDeployment(
            seed: 3,
            start: DemoHistory.start,
            now: DemoHistory.now,
            size: DeploymentSize(
                lamps: 1,
                bins: 0,
                meters: 1,
                zones: 0,
                pressureSensors: 1,
                tanks: 0,
                qualityStations: 0,
                points: 0,
                villages: 1
            )
        )
        #expect(deployment.advance(to: DemoHistory.now + .hours(3)).count > 1000)
        #expect(deployment.plan.faults.map(\.kind) == [.pressureFlat])
    }
}
