import Foundation
import PromQL
import Telemetry
import TestKit

/// An answer in one shape for both engines: series with times and values, or that there is none.
enum DifferentialAnswer: CustomStringConvertible {
    case series([Labels: [Int64: Double]], order: [Double], type: String)
    case text(String)
    /// Why there is none, and whether Prometheus' API calls it `bad_data`, the text's own fault.
    case error(String, isBadData: Bool)
    /// Nothing came back at all; it agrees with nothing.
    case silence

    /// Reads the answer of Prometheus' API.
    init(_ answer: LoopbackRequest.Answer?) {
        guard let answer,
            let json = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        else {
            self = .silence
            return
        }
        guard let data = json["data"] as? [String: Any],
            let type = data["resultType"] as? String
        else {
            self = .error(
                "\(json["error"] ?? answer.status)",
                isBadData: json["errorType"] as? String == "bad_data"
            )
            return
        }
        if type == "string", let pair = data["result"] as? [Any] {
            self = .text("\(pair[1])")
            return
        }
        if type == "scalar", let pair = data["result"] as? [Any] {
            let sample = Self.sample(pair)
            let series = [Labels.empty: [sample.time: sample.value]]
            self = .series(series, order: [sample.value], type: type)
            return
        }
        var series: [Labels: [Int64: Double]] = [:]
        var order: [Double] = []
        for case let one as [String: Any] in data["result"] as? [Any] ?? [] {
            let metric = one["metric"] as? [String: String] ?? [:]
            let pairs = one["values"] as? [[Any]] ?? [one["value"] as? [Any] ?? []]
            var samples: [Int64: Double] = [:]
            for pair in pairs {
                let sample = Self.sample(pair)
                samples[sample.time] = sample.value
                order.append(sample.value)
            }
            series[Labels(metric.map { Label($0.key, $0.value) })] = samples
        }
        self = .series(series, order: type == "vector" ? order : [], type: type)
    }

    private static func sample(_ pair: [Any]) -> (time: Int64, value: Double) {
        let time = (pair[0] as? Double ?? .nan) * 1000
        let value = Double("\(pair[1])") ?? .nan
        return (Int64(time.rounded()), value)
    }

    /// The message of an error answer; nil for any other.
    static func message(_ answer: LoopbackRequest.Answer?) -> String? {
        guard let answer else { return "no answer" }
        let json = try? JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
        return answer.status == 200 ? nil : "\(json?["error"] ?? answer.status)"
    }

    /// Takes what our engine gave for an instant query.
    init(_ value: QueryValue) {
        switch value {
        case .scalar(let sample):
            let series = [Labels.empty: [sample.time.milliseconds: sample.value]]
            self = .series(series, order: [sample.value], type: "scalar")
        case .string(let text, _): self = .text(text)
        case .vector(let elements):
            var series: [Labels: [Int64: Double]] = [:]
            for element in elements {
                series[element.labels] = [element.sample.time.milliseconds: element.sample.value]
            }
            self = .series(series, order: elements.map(\.sample.value), type: "vector")
        case .matrix(let range): self.init(range)
        }
    }

    /// Takes what our engine gave for a range query.
    init(_ range: [RangeSeries]) {
        var series: [Labels: [Int64: Double]] = [:]
        for one in range {
            var samples: [Int64: Double] = [:]
            for sample in one.samples { samples[sample.time.milliseconds] = sample.value }
            series[one.labels] = samples
        }
        self = .series(series, order: [], type: "matrix")
    }

    /// Our engine's error.
    init(_ error: QueryError) {
        self = .error("\(error)", isBadData: error.kind == .parse)
    }

    /// Whether there is any value.
    var isEmpty: Bool {
        switch self {
        case .series(let series, _, _): series.isEmpty
        case .text: false
        case .error, .silence: true
        }
    }

    var isError: Bool {
        if case .error = self { true } else { false }
    }

    var description: String {
        switch self {
        case .text(let text): "the string \(text)"
        case .error(let message, let isBadData):
            "the \(isBadData ? "fault of the text" : "error") \(message)"
        case .silence: "no answer"
        case .series(let series, _, let type):
            "\(type) "
                + series.sorted { $0.key < $1.key }.prefix(6).map { labels, samples in
                    let shown = samples.sorted { $0.key < $1.key }.prefix(50)
                        .map { "\($0.value)@\($0.key)" }
                    return "\(labels) \(shown.joined(separator: " "))"
                }.joined(separator: "; ")
        }
    }
}

// MARK: Comparing

extension DifferentialAnswer {
    /// Most that two values may differ, as a share of them: sums are rounded in other orders.
    private static let tolerance = 1e-9

    static func agree(_ left: Double, _ right: Double) -> Bool {
        if left == right || left.isNaN && right.isNaN { return true }
        return abs(left - right) <= tolerance * max(abs(left), abs(right))
    }

    /// Whether two answers are the same, with the order of values where that means something.
    static func agree(_ left: Self, _ right: Self, isOrdered: Bool) -> Bool {
        switch (left, right) {
        case (.error(_, let first), .error(_, let second)): return first == second
        case (.text(let first), .text(let second)): return first == second
        case (
            .series(let first, let firstOrder, let type),
            .series(let second, let secondOrder, let other)
        ):
            guard type == other, first.count == second.count else { return false }
            if isOrdered {
                guard zip(firstOrder, secondOrder).allSatisfy(agree) else { return false }
            }
            return first.allSatisfy { labels, samples in
                guard let others = second[labels], others.count == samples.count else {
                    return false
                }
                return samples.allSatisfy { time, value in
                    others[time].map { agree(value, $0) } ?? false
                }
            }
        default: return false
        }
    }
}
