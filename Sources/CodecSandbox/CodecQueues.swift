/// The calls that wait, a queue for each codec, and whose turn it is.
///
/// Fair by time: next comes the codec that had the least of the workers' time. A codec that takes
/// 50 ms a call shares a worker with one that takes 50 µs, so that each waits for two calls of the
/// other at most: one that runs, and one that the worker has already. A codec that was idle gets no
/// credit for it.
struct CodecQueues {
    private struct Lane {
        var calls: [CodecCall] = []
        /// Place of the first that waits.
        var first = 0
        /// Time of the workers that it had, in seconds; begins at that of the others.
        var served = 0.0
        /// How long a call takes, in seconds: a mean in which the newer count more.
        var mean = CodecQueues.unknownSeconds
        /// Which worker alone runs it; nil for any.
        var worker: Int?

        var count: Int { calls.count - first }
    }

    /// What a call of a codec that was never run is taken to need.
    private static let unknownSeconds = 0.001
    /// Share of the last call in the mean.
    private static let weight = 0.1

    private var lanes: [Lane] = []
    /// The time that the codec had whose turn came last.
    private var now = 0.0
    /// How many wait.
    private(set) var count = 0

    /// Adds a codec.
    ///
    /// - Parameter worker: the one that keeps its contexts; nil where any worker does.
    mutating func addLane(worker: Int?) {
        var lane = Lane()
        lane.worker = worker
        lanes.append(lane)
    }

    /// How many calls of a codec wait.
    func count(of codec: CodecID) -> Int { lanes[codec.index].count }

    /// Most calls of one codec that wait: each has the same share, so that one whose calls are many
    /// takes no room from another.
    var share: Int {
        min(CodecLimits.waitingPerCodec, max(1, CodecLimits.waiting / max(1, lanes.count)))
    }

    /// How many more calls of a codec can wait.
    func room(for codec: CodecID) -> Int { max(0, share - lanes[codec.index].count) }

    /// Whether a call waits that a worker may take.
    func hasCalls(for worker: Int) -> Bool { next(for: worker) != nil }

    /// Has a call wait, behind those of its codec.
    mutating func add(_ call: CodecCall) {
        let lane = call.codec.index
        if lanes[lane].count == 0 { lanes[lane].served = max(lanes[lane].served, now) }
        lanes[lane].calls.append(call)
        count += 1
    }

    /// Has calls wait again, before those of their codecs.
    mutating func putBack(_ calls: some Collection<CodecCall>) {
        for call in calls.reversed() {
            let lane = call.codec.index
            if lanes[lane].first > 0 {
                lanes[lane].first -= 1
                lanes[lane].calls[lanes[lane].first] = call
            } else {
                lanes[lane].calls.insert(call, at: 0)
            }
            lanes[lane].served -= lanes[lane].mean
            count += 1
        }
    }

    /// Takes the next calls for a worker, in the order in which they are to be run.
    mutating func take(for worker: Int) -> [CodecCall] {
        var batch: [CodecCall] = []
        var seconds = 0.0
        var bytes = 0
        while batch.count < CodecLimits.batch.count, let lane = next(for: worker) {
            let call = lanes[lane].calls[lanes[lane].first]
            seconds += lanes[lane].mean
            // Its device, payload and the numbers around them.
            bytes += call.payload.count + call.device.utf8.count + 64
            if !batch.isEmpty,
                seconds > CodecLimits.batchSeconds || bytes > CodecLimits.batch.bytes
            {
                break
            }
            now = max(now, lanes[lane].served)
            lanes[lane].served += lanes[lane].mean
            drop(lane)
            batch.append(call)
        }
        return batch
    }

    /// Takes all calls of a codec.
    mutating func takeAll(of codec: CodecID) -> [CodecCall] {
        let calls = Array(lanes[codec.index].calls[lanes[codec.index].first...])
        lanes[codec.index].calls.removeAll()
        lanes[codec.index].first = 0
        count -= calls.count
        return calls
    }

    /// Notes how long a call took that was taken.
    mutating func note(_ seconds: Double, of codec: CodecID) {
        let mean = lanes[codec.index].mean
        lanes[codec.index].served += seconds - mean
        lanes[codec.index].mean += (seconds - mean) * Self.weight
    }

    private func next(for worker: Int) -> Int? {
        var best: Int?
        for lane in lanes.indices where lanes[lane].count > 0 {
            guard (lanes[lane].worker ?? worker) == worker else { continue }
            if best.map({ lanes[lane].served < lanes[$0].served }) ?? true { best = lane }
        }
        return best
    }

    private mutating func drop(_ lane: Int) {
        lanes[lane].first += 1
        count -= 1
        // Room is made in one go, not with each call.
        guard lanes[lane].first >= 256 || lanes[lane].count == 0 else { return }
        lanes[lane].calls.removeFirst(lanes[lane].first)
        lanes[lane].first = 0
    }
}
