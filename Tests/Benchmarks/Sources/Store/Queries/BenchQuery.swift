internal import Foundation
internal import Measuring
internal import Telemetry

/// One of the queries that every peer is asked; times in milliseconds since 1970.
struct BenchQuery: Sendable {
    /// When it is evaluated.
    enum Times: Sendable {
        case instant(Int64)
        case range(from: Int64, to: Int64, step: Int64)
    }

    /// What it is, apart from its text.
    enum Kind: Equatable, Sendable {
        /// Finds nothing: what any request costs.
        case empty
        /// The last value of all series.
        case latest
        /// One series, a day at steps of 60 s.
        case oneSeries
        /// The mean of each hour by zone: 100 series, seven days.
        case averageByZone
        /// The largest value of all series in each six hours of the whole range.
        case maximumOfAll
        /// One that a dashboard or an indicator asks.
        case dashboard(Dashboard)
    }

    let kind: Kind
    let name: String
    let text: String
    let times: Times

    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 60 * minute
    private static let day: Int64 = 24 * hour
    private static let dayThree = Times.range(
        from: Workload.start + 2 * day,
        to: Workload.start + 3 * day,
        step: minute
    )

    /// The queries of `shared/baselines/tsquery.py`, after one that finds nothing.
    static let all = [
        BenchQuery(
            kind: .empty,
            name: "empty request",
            text: #"temperature_celsius{device="none"}"#,
            times: dayThree
        ),
        BenchQuery(
            kind: .latest,
            name: "latest value of 1 000 series",
            text: #"{kind=~"gauge|counter|state"}"#,
            times: .instant(Workload.start + 9999 * minute + minute / 2)
        ),
        BenchQuery(
            kind: .oneSeries,
            name: "one series, 1 day, 60 s steps",
            text: #"temperature_celsius{device="d07"}"#,
            times: dayThree
        ),
        BenchQuery(
            kind: .averageByZone,
            name: "average by zone, 100 series, 7 days, 1 h",
            text: "avg by (zone) (avg_over_time(temperature_celsius[1h]))",
            times: .range(
                from: Workload.start + hour,
                to: Workload.start + 166 * hour,
                step: hour
            )
        ),
        BenchQuery(
            kind: .maximumOfAll,
            name: "max over all series, full range, 6 h",
            text: #"max(max_over_time({kind=~"gauge|counter|state"}[6h]))"#,
            times: .range(
                from: Workload.start + 6 * hour,
                to: Workload.start + 28 * 6 * hour,
                step: 6 * hour
            )
        ),
    ]

    /// Path and query of the Prometheus HTTP API, with more parameters such as `&nocache=1`.
    func path(_ extra: String = "") -> String {
        let query = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        switch times {
        case .instant(let time):
            return "/api/v1/query?query=\(query)&time=\(Self.seconds(time))\(extra)"
        case .range(let from, let to, let step):
            return "/api/v1/query_range?query=\(query)&start=\(Self.seconds(from))"
                + "&end=\(Self.seconds(to))&step=\(Self.seconds(step))\(extra)"
        }
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        decimals(Double(milliseconds) / 1000, 3)
    }
}
