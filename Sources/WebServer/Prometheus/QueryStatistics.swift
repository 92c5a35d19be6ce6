public import PromQL

/// What a query has cost, for who asks with `stats=all`.
public struct QueryStatistics: Sendable {
    /// What was read.
    public let report: QueryReport
    /// How long the query waited for a thread.
    public let waiting: Duration
    /// How long its evaluation took.
    public let evaluation: Duration

    /// Creates statistics.
    public init(report: QueryReport, waiting: Duration, evaluation: Duration) {
        self.report = report
        self.waiting = waiting
        self.evaluation = evaluation
    }

    /// What to say of answers that are not exactly those of the samples.
    var infos: [String] {
        let count = report.inexactCount
        return count == 0
            ? []
            : [
                "PromQL info: \(count) summaries reach over the edge of a window and their samples "
                    + "are no longer stored; each counts for the windows that its end lies in"
            ]
    }
}

extension JSONText {
    /// Writes statistics as Prometheus names them, and what each tier of the store gave.
    ///
    /// Where Prometheus counts a sample once for each step that it serves, this counts what was
    /// read: once.
    /// - Source: Prometheus, util/stats/query_stats.go.
    mutating func statistics(_ statistics: QueryStatistics) {
        object { json in
            json.name("timings")
            json.object { json in
                json.number("evalTotalTime", statistics.evaluation / .seconds(1))
                json.number("execQueueTime", statistics.waiting / .seconds(1))
                json.number(
                    "execTotalTime",
                    (statistics.waiting + statistics.evaluation) / .seconds(1)
                )
            }
            json.name("samples")
            json.object { json in
                json.number("totalQueryableSamples", statistics.report.readCount)
            }
            json.name("tiers")
            json.array { json in
                for tier in statistics.report.tiers {
                    json.object { json in
                        json.member("name", tier.name)
                        json.number("series", tier.series)
                        json.number("summaries", tier.summaries)
                        json.number("samples", tier.samples)
                        json.number("inexact", tier.inexact)
                    }
                }
            }
        }
    }

    /// Writes a member that holds a number.
    mutating func number(_ name: String, _ value: some Numeric) {
        self.name(name)
        raw("\(value)")
    }
}
