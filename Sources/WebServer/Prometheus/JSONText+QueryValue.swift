public import PromQL
internal import Telemetry

extension JSONText {
    /// Writes the `data` of an answer to a query: `{"resultType": …, "result": …}`, and
    /// `stats` where they are given.
    ///
    /// - Parameters:
    ///   - value: what the query gave.
    ///   - limit: most elements that are written; nil for all.
    ///   - statistics: what the query has cost, to be written with it.
    /// - Source: Prometheus, "HTTP API", "Expression query result formats".
    public mutating func queryData(
        _ value: QueryValue,
        limit: Int? = nil,
        statistics: QueryStatistics? = nil
    ) {
        object { json in
            switch value {
            case .scalar(let sample):
                json.member("resultType", "scalar")
                json.name("result")
                json.sample(sample)
            case .string(let text, let time):
                json.member("resultType", "string")
                json.name("result")
                json.array { json in
                    json.time(time)
                    json.text(text)
                }
            case .vector(let elements):
                json.member("resultType", "vector")
                json.name("result")
                json.write(elements.prefix(limit ?? elements.count))
            case .matrix(let series):
                json.member("resultType", "matrix")
                json.name("result")
                json.write(series.prefix(limit ?? series.count))
            }
            if let statistics {
                json.name("stats")
                json.statistics(statistics)
            }
        }
    }

    /// What an answer that was cut has to say.
    static func warnings(for value: QueryValue, limit: Int?) -> [String] {
        let count =
            switch value {
            case .scalar, .string: 0
            case .vector(let elements): elements.count
            case .matrix(let series): series.count
            }
        return count > limit ?? count ? ["results truncated due to limit"] : []
    }

    private mutating func write(_ elements: ArraySlice<VectorElement>) {
        array { json in
            for element in elements {
                json.object { json in
                    json.name("metric")
                    json.labels(element.labels)
                    json.name("value")
                    json.sample(element.sample)
                }
            }
        }
    }

    private mutating func write(_ series: ArraySlice<RangeSeries>) {
        array { json in
            for one in series {
                json.object { json in
                    json.name("metric")
                    json.labels(one.labels)
                    json.name("values")
                    json.array { json in
                        for sample in one.samples { json.sample(sample) }
                    }
                }
            }
        }
    }
}
