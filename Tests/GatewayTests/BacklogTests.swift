@testable import Gateway
import Testing

@Suite struct BacklogTests {
    /// Whether what was kept was still coming at each look.
    private func answers(
        _ looks: [(second: Int, connections: UInt64, messages: UInt64)]
    ) -> [Bool] {
        let start = ContinuousClock.now
        var backlog = Backlog(at: start, messages: 0)
        return looks.map { look in
            backlog.isComing(
                connections: look.connections,
                messages: look.messages,
                at: start + .seconds(look.second)
            )
        }
    }

    @Test func `rules wait until what the broker kept is there`() {
        let answers = answers([
            (1, 0, 0), (2, 1, 3_000), (3, 1, 20_000), (5, 1, 40_000), (6, 1, 40_100),
            // A burst while the connection lasts is life.
            (7, 1, 90_000),
        ])
        #expect(answers == [true, true, true, true, false, false])
    }

    @Test func `a new connection brings what was kept meanwhile`() {
        // One second after a connection is too soon to tell.
        let answers = answers([(1, 1, 0), (3, 1, 10), (100, 2, 10), (101, 2, 10), (102, 2, 20)])
        #expect(answers == [true, false, true, true, false])
    }

    @Test func `a broker that is away is waited for two minutes`() {
        #expect(answers([(119, 0, 0), (120, 0, 0)]) == [true, false])
    }

    @Test func `a stream without end is waited for ten minutes`() {
        #expect(answers([(1, 1, 0), (600, 1, 600_000), (601, 1, 700_000)]) == [true, true, false])
    }
}
