internal import Telemetry

/// Makes requests of Prometheus remote write 1.0: protobuf in a snappy block of literals only.
///
/// A request is a row of `timeseries` (field 1): labels (1: name 1, value 2), samples (2: value 1
/// as fixed64, milliseconds 2 as varint). The snappy block is the length as a varint, then literals
/// of at most 65 536 bytes: tag 61 << 2, length less one in two bytes, the bytes.
struct RemoteWrite {
    static let headers =
        "Content-Encoding: snappy\r\nContent-Type: application/x-protobuf\r\n"
        + "X-Prometheus-Remote-Write-Version: 0.1.0\r\n"

    private let labels: [[UInt8]]
    private var sources: [WorkloadSeries]

    init(_ workload: Workload) {
        labels = (0..<workload.seriesCount).map { Self.encode(workload.labels(of: $0)) }
        sources = workload.generators()
    }

    /// The next samples of every series as one request.
    mutating func next(_ count: Int) -> [UInt8] {
        var message: [UInt8] = []
        for index in sources.indices {
            var series = labels[index]
            for _ in 0..<count { Self.put(sources[index].next(), &series) }
            message.append(0x0A)
            Self.putVariable(UInt64(series.count), &message)
            message += series
        }
        return Self.snappy(message)
    }

    private static func encode(_ labels: Labels) -> [UInt8] {
        var bytes: [UInt8] = []
        for label in labels.sorted {
            var pair: [UInt8] = [0x0A]
            putVariable(UInt64(label.name.utf8.count), &pair)
            pair += label.name.utf8
            pair.append(0x12)
            putVariable(UInt64(label.value.utf8.count), &pair)
            pair += label.value.utf8
            bytes.append(0x0A)
            putVariable(UInt64(pair.count), &bytes)
            bytes += pair
        }
        return bytes
    }

    private static func put(_ sample: Sample, _ bytes: inout [UInt8]) {
        let time = UInt64(bitPattern: sample.time.milliseconds)
        bytes += [0x12, UInt8(10 + variableBytes(time)), 0x09]
        for shift in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: sample.value.bitPattern >> (8 * shift)))
        }
        bytes.append(0x10)
        putVariable(time, &bytes)
    }

    private static func variableBytes(_ number: UInt64) -> Int {
        max(1, (70 - number.leadingZeroBitCount) / 7)
    }

    private static func putVariable(_ number: UInt64, _ bytes: inout [UInt8]) {
        var rest = number
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func snappy(_ message: [UInt8]) -> [UInt8] {
        var block: [UInt8] = []
        block.reserveCapacity(message.count + message.count / 20_000 + 16)
        putVariable(UInt64(message.count), &block)
        for first in stride(from: 0, to: message.count, by: 1 << 16) {
            let part = message[first..<min(first + (1 << 16), message.count)]
            block.append(61 << 2)
            block.append(UInt8(truncatingIfNeeded: part.count - 1))
            block.append(UInt8(truncatingIfNeeded: (part.count - 1) >> 8))
            block += part
        }
        return block
    }
}
