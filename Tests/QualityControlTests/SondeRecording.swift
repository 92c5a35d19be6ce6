import Foundation
import Telemetry

/// One quantity of a recording of the water-quality sonde, with the technicians' labels.
struct SondeSeries {
    /// A reading as the sensor gave it.
    struct Reading {
        let sample: Sample
        /// Number of the label; nil where the technicians let the reading stand.
        let label: Int?
    }

    let site: String
    let quantity: Quantity
    var readings: [Reading]

    /// The part of it in a stretch of time.
    func readings(in period: Range<Instant>) -> ArraySlice<Reading> {
        let first = readings.firstIndex { $0.sample.time >= period.lowerBound } ?? readings.count
        let last = readings[first...].firstIndex { $0.sample.time >= period.upperBound }
        return readings[first..<(last ?? readings.count)]
    }
}

/// The recordings in `real-data/water-quality-sonde`: 15-minute values of two sites.
enum SondeRecording {
    /// Columns by quantity.
    ///
    /// The stage is in centimetres, `water.level` in metres.
    static let columns: [(name: String, quantity: String, factor: Double)] = [
        ("temp", "water.temperature", 1), ("cond", "water.conductivity", 1), ("ph", "water.ph", 1),
        ("do", "water.dissolved_oxygen", 1), ("turb", "water.turbidity", 1),
        ("stage", "water.level", 0.01),
    ]

    /// What the logger writes when a sensor gives nothing; values of the recording's own unit.
    static let sentinels: [Double] = [-9999, 7999]

    /// Reads a file; empty when a column is missing.
    static func series(of path: String, site: String) throws -> [SondeSeries] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline)
        let header = lines[0].split(separator: ",").map(String.init)
        var found: [SondeSeries] = []
        var places: [(value: Int, label: Int)] = []
        for column in columns {
            guard let value = header.firstIndex(of: column.name),
                let label = header.firstIndex(of: column.name + "_qual"),
                let quantity = Quantity.named(column.quantity)
            else { return [] }
            found.append(SondeSeries(site: site, quantity: quantity, readings: []))
            places.append((value, label))
        }
        for line in lines.dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard let time = time(fields[0]) else { continue }
            for (index, place) in places.enumerated() {
                guard let value = Double(fields[place.value]) else { continue }
                let isSentinel = sentinels.contains(value)
                let scaled = isSentinel ? value : value * columns[index].factor
                found[index].readings.append(
                    .init(
                        sample: Sample(time: time, value: scaled),
                        label: Int(fields[place.label])
                    )
                )
            }
        }
        return found
    }

    /// A time such as `2019-01-01 00:15`, local standard time, UTC−7.
    static func time(_ text: some StringProtocol) -> Instant? {
        Instant(rfc3339: text.replacingOccurrences(of: " ", with: "T") + ":00-07:00")
    }
}
