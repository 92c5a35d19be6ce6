import TestKit
import Testing

/// The broker of the tests, on which the other tests stand.
@Suite(.enabled(if: BrokerProcess.program != nil)) struct BrokerProcessTests {
    @Test func `somebody else who listens on its port is not taken for it`() throws {
        let other = try BrokerStandIn()
        #expect(throws: BrokerProcess.Failure.self) { try BrokerProcess(port: other.port) }
    }
}
