import Foundation
@testable import Gateway
import Synchronization
import TestKit
import Testing

/// The demonstration's own mosquitto.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct DemoBrokerTests {
    @Test func `it listens when it is there, and is gone when it was stopped`() async throws {
        let folder = try TemporaryFolder("langso-demo-broker")
        let broker = try await DemoBroker.start(folder: folder.path)
        #expect(BrokerStandIn.isListening(port: broker.port))
        broker.stop()
        #expect(!BrokerStandIn.isListening(port: broker.port))
    }

    @Test func `a broker that ends at once is told with what it said`() async throws {
        let folder = try TemporaryFolder("langso-demo-broker")
        try "no state of a broker".write(
            toFile: folder.path(of: "mosquitto.db"),
            atomically: true,
            encoding: .utf8
        )
        let error = await #expect(throws: GatewayError.self) {
            _ = try await DemoBroker.start(folder: folder.path)
        }
        guard case .childFailed(name: "mosquitto", let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("persistent"), "\(reason)")
    }

    @Test func `a wait that comes on goes on, and one that does not ends with what to do`()
        async throws
    {
        let steps = Mutex(UInt64(0))
        // Sixty steps of 20 ms take longer than the limit, each of them far less.
        try await Demo.wait(for: 60, "steps", .seconds(1)) {
            steps.withLock {
                $0 += 1; return $0
            }
        }
        let error = await #expect(throws: GatewayError.self) {
            try await Demo.wait(for: 2, "steps", .milliseconds(50)) { 1 }
        }
        #expect(error == .stalled(what: "steps (1 of 2)", after: .milliseconds(50)))
        #expect(error.map { "\($0)".contains("--log-level info") } == true)
    }
}
