internal import Foundation
internal import Measuring
internal import PromQL
internal import Telemetry

/// What of an answer is compared: how many series and points it has, and the sum of all values.
struct QueryAnswer: Sendable {
    var seriesCount = 0
    var pointCount = 0
    var sum = 0.0

    /// What this store's engine gave.
    init(_ value: QueryValue) {
        switch value {
        case .vector(let elements):
            for element in elements { add([element.sample.value]) }
        case .matrix(let series): self = QueryAnswer(series)
        case .scalar, .string: break
        }
    }

    init(_ series: [RangeSeries]) {
        for series in series { add(series.samples.map(\.value)) }
    }

    init() {}

    /// What a server with the Prometheus HTTP API gave.
    ///
    /// - Throws: ``Failure`` for an error, or anything else.
    init(_ answer: HTTPConnection.Answer) throws {
        let object = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        guard answer.status == 200, let data = object?["data"] as? [String: Any],
            let result = data["result"] as? [[String: Any]]
        else { throw Failure("a query failed: \(answer.status) \(answer.text.prefix(300))") }
        for series in result {
            let points = series["values"] as? [[Any]] ?? [series["value"] as? [Any] ?? []]
            add(points.compactMap { ($0.last as? String).flatMap(Double.init) })
        }
    }

    mutating func add(_ values: [Double]) {
        seriesCount += 1
        pointCount += values.count
        for value in values { sum += value }
    }

    /// Whether another is the same, but for the order in which its values were summed.
    func agrees(with other: QueryAnswer) -> Bool {
        seriesCount == other.seriesCount && pointCount == other.pointCount
            && deviation(from: other) < 1e-9
    }

    /// How far the sums are apart, as a share of them.
    func deviation(from other: QueryAnswer) -> Double {
        abs(sum - other.sum) / max(1, abs(other.sum))
    }
}

extension QueryAnswer: CustomStringConvertible {
    var description: String { "\(seriesCount) series, \(pointCount) points, sum \(sum)" }
}
