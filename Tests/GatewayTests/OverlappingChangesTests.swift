import Dispatch
import Foundation
@testable import Gateway
import Registry
import Synchronization
import Telemetry
import TestKit
import Testing
import WebServer

/// Changes of devices that come while others are still being taken.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct OverlappingChangesTests {
    private typealias Provisioning = ProvisioningTests

    private static func move(
        _ device: String,
        to village: String,
        at minute: Int64
    ) -> DeviceChangeRequest {
        var request = Provisioning.request("move", device)
        request.village = village
        request.at = Provisioning.minute(minute).rfc3339
        return request
    }

    private static func view(_ answer: (UInt, String)) throws -> DeviceChangeView {
        #expect(answer.0 == 200)
        return try JSONDecoder().decode(DeviceChangeView.self, from: Data(answer.1.utf8))
    }

    @Test func `a change that is noted while another one is taken is taken after it`() async throws
    {
        let scene = try await Provisioning.Scene(try TemporaryFolder("langso-provisioning"))
        for number in 0...3 {
            let time = Provisioning.minute(Int64(number) * 10)
            try await scene.say("old", Double(number), at: time)
        }
        let (runtime, gate) = (scene.gateway.runtime, AsyncStream.makeStream(of: Void.self))
        _ = runtime.retakings.take { for await _ in gate.stream { return } }
        async let one = scene.change(Self.move("M-1", to: "v2", at: 15))
        try await scene.gateway.wait("the first change to wait for its turn") {
            runtime.retakingState.withLock { $0.progress } != nil
        }
        // The store's thread stands still, so that the first change is begun and not done.
        let goOn = DispatchSemaphore(value: 0)
        runtime.worker.perform { _ in goOn.wait() }
        gate.continuation.yield()
        try await scene.gateway.wait("the first change to be under way") {
            runtime.takenAgain.withLock { $0.began } == 1
        }
        let asked = Self.move("M-1", to: "v1", at: 25)
        async let two = scene.change(asked)
        try await scene.gateway.wait("the second change to be written") {
            (try? runtime.database.snapshot().device("M-1")?.village) == "v1"
        }
        #expect(runtime.registry.device("M-1")?.village == "v2")
        #expect(runtime.takenAgain.withLock { $0.began } == 1)
        goOn.signal()
        let (first, second) = (try Self.view(await one), try Self.view(await two))
        #expect(first.decoded == 2 && first.warnings.isEmpty, "\(first)")
        // It begins where the first one did, for the same box was noted since then.
        #expect(second.decoded == 2 && second.warnings.isEmpty, "\(second)")
        #expect(runtime.takenAgain.withLock { $0.began } == 2)
        let metric = #"water_volume_cubic_metres_total{device="M-1"}"#
        let lines = try await scene.ask(
            "sum by (village) (count_over_time(\(metric)[1h]))",
            at: Provisioning.minute(31)
        )
        #expect(lines.contains { $0.contains("v1") && $0.contains("=> 3 ") }, "\(lines)")
        #expect(lines.contains { $0.contains("v2") && $0.contains("=> 1 ") }, "\(lines)")
        #expect(try runtime.database.pendingRetakings().isEmpty)
        try await scene.end()
    }

    @Test func `each of two changes that are taken together says how many messages are its own`()
        async throws
    {
        let scene = try await Provisioning.Scene(try TemporaryFolder("langso-provisioning"))
        for number in 0...4 {
            let time = Provisioning.minute(Int64(number) * 10)
            for box in ["old", "two"] { try await scene.say(box, Double(number), at: time) }
        }
        let (runtime, gate) = (scene.gateway.runtime, AsyncStream.makeStream(of: Void.self))
        _ = runtime.retakings.take { for await _ in gate.stream { return } }
        async let one = scene.change(Self.move("M-1", to: "v2", at: 25))
        async let two = scene.change(Self.move("M-2", to: "v2", at: 5))
        try await scene.gateway.wait("both to be written") {
            (try? runtime.database.pendingRetakings().boxes.count) == 2
        }
        gate.continuation.yield()
        let (first, second) = (try Self.view(await one), try Self.view(await two))
        #expect(first.decoded == 2 && first.warnings.isEmpty, "\(first)")
        #expect(second.decoded == 4 && second.warnings.isEmpty, "\(second)")
        #expect(runtime.takenAgain.withLock { $0.began } == 1)
        try await scene.end()
    }
}
