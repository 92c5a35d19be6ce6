import Testing

@testable import CodecSandbox

/// Whose turn it is, with times that are given.
struct CodecQueuesTests {
    private func queues(_ laneCount: Int, pinned: [Int: Int] = [:]) -> CodecQueues {
        var queues = CodecQueues()
        for lane in 0..<laneCount { queues.addLane(worker: pinned[lane]) }
        return queues
    }

    private func call(_ codec: Int, _ tag: Int) -> CodecCall {
        CodecCall(
            codec: CodecID(codec),
            tag: UInt64(tag),
            port: 1,
            payload: [],
            receivedAtMilliseconds: 0,
            device: "",
            origin: ""
        )
    }

    @Test func `a slow codec delays its own calls, not those of others`() {
        var queues = queues(2)
        for tag in 0..<20 { queues.add(call(0, tag)) }
        for tag in 100..<200 { queues.add(call(1, tag)) }
        var order: [UInt64] = []
        while queues.count > 0 {
            for call in queues.take(for: 0) {
                order.append(call.tag)
                queues.note(call.codec.index == 0 ? 0.040 : 0.0005, of: call.codec)
            }
        }
        // In turns by time, not by number: a hundred fast calls, 50 ms, pass by few slow ones.
        let slow = order.prefix { $0 != 199 }.filter { $0 < 100 }.count
        #expect(slow < 10, "\(order)")
        #expect(order.count == 120)
        #expect(order.filter { $0 < 100 } == Array(0..<20))
    }

    @Test func `each codec has its share of the room`() {
        #expect(queues(1).share == CodecLimits.waitingPerCodec)
        #expect(queues(1000).share == CodecLimits.waiting / 1000)
        var queues = queues(20)
        for tag in 0..<queues.share { queues.add(call(0, tag)) }
        #expect(queues.share == 500 && queues.room(for: CodecID(0)) == 0)
        #expect(queues.room(for: CodecID(1)) == 500)
    }

    @Test func `calls of a kept context are those of one worker`() {
        var queues = queues(2, pinned: [0: 1])
        queues.add(call(0, 1))
        #expect(!queues.hasCalls(for: 0) && queues.take(for: 0).isEmpty)
        #expect(queues.hasCalls(for: 1) && queues.take(for: 1).map(\.tag) == [1])
        #expect(!queues.hasCalls(for: 1))
    }

    @Test func `what is put back comes first, in its order`() {
        var queues = queues(1)
        for tag in 0..<4 { queues.add(call(0, tag)) }
        let taken = queues.take(for: 0)
        queues.add(call(0, 9))
        queues.putBack(taken.dropFirst())
        #expect(queues.count == 4)
        #expect(queues.takeAll(of: CodecID(0)).map(\.tag) == [1, 2, 3, 9])
        #expect(queues.count == 0)
    }
}
