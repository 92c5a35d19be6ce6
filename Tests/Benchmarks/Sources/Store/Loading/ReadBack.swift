internal import Measuring
internal import RingStore
internal import Telemetry

extension StoreSnapshot {
    /// Reads everything back and compares it with the workload, bit by bit by its checksum.
    ///
    /// - Throws: ``Failure`` when anything is missing, too much or different.
    func requireContent(of workload: Workload) throws {
        let all = Instant.distantPast...Instant.distantFuture
        let found = try select([], in: all)
        guard found.count == workload.seriesCount else {
            throw Failure("\(workload.seriesCount) series were made, \(found.count) are there")
        }
        var sum = SampleChecksum()
        var buffer = SampleBuffer()
        for (number, series) in found.sorted(by: { $0.id < $1.id }).enumerated() {
            guard series.labels == workload.labels(of: number) else {
                throw Failure("series \(number) has other labels: \(series.labels)")
            }
            try read(series.id, in: all, into: &buffer)
            for index in 0..<buffer.count { sum.add(buffer[index]) }
        }
        guard sum == workload.checksum else {
            throw Failure("the \(sum.count) samples read back are not those of the workload")
        }
    }
}
