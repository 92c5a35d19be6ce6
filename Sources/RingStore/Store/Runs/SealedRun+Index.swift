extension SealedRun {
    /// Reads a run's index, or returns nil when it does not pass its check.
    ///
    /// - Throws: `FileError` when the disk refuses.
    /// - Returns: The run, ready to be read.
    static func open(_ record: RunRecord, disk: StoreDisk) throws(FileError) -> SealedRun? {
        let end = record.dataBytes + record.indexBytes
        let bytes = try disk.bytes(of: record, record.dataBytes..<end)
        let sum = disk.checksum(bytes, run: record.number, offset: record.dataBytes)
        guard sum == bytes.littleEndian(at: 0, as: UInt32.self) else { return nil }
        var reader = ByteReader(bytes, 4..<bytes.count)
        let fences = takeFences(&reader, dataBytes: record.dataBytes)
        let series = takeSeries(&reader)
        let stride = reader.takeCount(limit: Int(UInt32.max))
        var times: [Int64] = []
        var time: Int64 = 0
        for _ in 0..<reader.takeCount(limit: reader.remaining) {
            time &+= reader.takeSigned()
            times.append(time)
        }
        guard !reader.isExhausted, let fences else { return nil }
        return SealedRun(
            record,
            fences: fences,
            series: series,
            sketch: TimeSketch(times: times, stride: stride),
            disk: disk
        )
    }

    /// The index's bytes without their checksum.
    static func encodeIndex(
        _ fences: [Fence],
        _ series: SeriesSet,
        _ sketch: TimeSketch,
        dataBytes: Int
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendVariable(UInt64(fences.count))
        var before = Fence(series: 0, offset: 0, firstTime: 0)
        for (index, fence) in fences.enumerated() {
            let end = index + 1 < fences.count ? Int(fences[index + 1].offset) : dataBytes
            bytes.appendVariable(UInt64(fence.series - before.series))
            bytes.appendSigned(fence.firstTime &- before.firstTime)
            bytes.appendVariable(UInt64(end - Int(fence.offset)))
            before = fence
        }
        let stretches = stretches(of: series)
        bytes.appendVariable(UInt64(stretches.count))
        for stretch in stretches {
            bytes.appendVariable(UInt64(stretch.skipped))
            bytes.appendVariable(UInt64(stretch.taken))
        }
        bytes.appendVariable(UInt64(sketch.stride))
        bytes.appendVariable(UInt64(sketch.times.count))
        var time: Int64 = 0
        for next in sketch.times.sorted() {
            bytes.appendSigned(next &- time)
            time = next
        }
        return bytes
    }

    private static func takeFences(_ reader: inout ByteReader, dataBytes: Int) -> [Fence]? {
        var fences: [Fence] = []
        var fence = Fence(series: 0, offset: 0, firstTime: 0)
        var offset = 0
        for _ in 0..<reader.takeCount(limit: reader.remaining) {
            fence.series &+= UInt32(truncatingIfNeeded: reader.takeVariable())
            fence.firstTime &+= reader.takeSigned()
            fence.offset = UInt32(offset)
            fences.append(fence)
            let length = reader.takeCount(limit: dataBytes - offset)
            guard length > chunkHeaderBytes else { return nil }
            offset += length
        }
        return offset == dataBytes ? fences : nil
    }

    private static func takeSeries(_ reader: inout ByteReader) -> SeriesSet {
        let limit = StoreSettings.maximumSeriesLimit * RollupColumn.allCases.count
        var series = SeriesSet()
        var next = 0
        for _ in 0..<reader.takeCount(limit: reader.remaining) {
            next += reader.takeCount(limit: limit)
            let taken = reader.takeCount(limit: limit)
            // A checked index keeps inside; this only bounds what a wrong one can cost.
            guard next + taken <= limit else { return series }
            for number in next..<next + taken { series.insert(UInt32(number)) }
            next += taken
        }
        return series
    }

    private static func stretches(of series: SeriesSet) -> [(skipped: UInt32, taken: UInt32)] {
        var stretches: [(skipped: UInt32, taken: UInt32)] = []
        var next: UInt32 = 0
        series.forEach { number in
            if number == next, !stretches.isEmpty {
                stretches[stretches.count - 1].taken += 1
            } else {
                stretches.append((skipped: number - next, taken: 1))
            }
            next = number + 1
        }
        return stretches
    }
}
