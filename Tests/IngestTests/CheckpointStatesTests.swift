import Testing

@testable import Ingest

/// What is remembered at checkpoints, as files hold it.
struct CheckpointStatesTests {
    @Test func `a state before a checkpoint that is not made leaves the other alone`() throws {
        var states = CheckpointStates()
        let written: [(UInt64, UInt8, UInt64)] = [(1, 10, 0), (2, 20, 1), (2, 21, 1)]
        for (checkpoint, memory, last) in written {
            states = states.adding(
                CheckpointStates.Entry(checkpoint: checkpoint, memory: [memory]),
                keeping: last
            )
        }
        let read = try #require(CheckpointStates(bytes: states.bytes))
        #expect(read.entries == states.entries && read.entries.count == 2)
        #expect(read.state(at: 1) == [10])
        #expect(read.state(at: 2) == [21])
        #expect(read.state(at: 3) == nil)
        #expect(states.adding(.init(checkpoint: 3, memory: []), keeping: 2).state(at: 1) == nil)
    }

    @Test func `bytes that are not whole are none`() {
        let states = CheckpointStates().adding(.init(checkpoint: 1, memory: [1, 2]), keeping: 0)
        let bytes = states.bytes
        for count in bytes.indices {
            #expect(CheckpointStates(bytes: Array(bytes.prefix(count))) == nil)
        }
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(CheckpointStates(bytes: changed) == nil, "\(index)")
        }
    }
}
