internal import Telemetry

extension SampleBuffer {
    /// The times of the samples that are no markers of a series' end, in milliseconds since 1970.
    var unmarkedTimes: [Int64] {
        let isMarker: (Double) -> Bool = { $0.bitPattern == Sample.staleMarkerBits }
        guard values.contains(where: isMarker) else { return times }
        return zip(times, values).compactMap { time, value in isMarker(value) ? nil : time }
    }
}
