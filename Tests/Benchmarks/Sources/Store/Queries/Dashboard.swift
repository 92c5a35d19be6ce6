internal import Telemetry

/// What dashboards and indicators of a commune typically ask, over the workload's metrics.
enum Dashboard: String, CaseIterable, Sendable {
    case powerByZone = "power by zone, 1 day, 60 s"
    case hottest = "ten warmest of the last hour"
    case highPercentile = "95th percentile of each hour, 1 day, 5 min"
    case shareOn = "share of pumps on by zone, 1 day, 60 s"
    case energyByDay = "energy by day, 6 days"
    case peakFlow = "hour's peak of flow by zone, 1 day, 15 min"
    case warmByZone = "warm devices by zone, 7 days, 5 min"
    case devicesUp = "devices heard of by zone, 1 day, 60 s"
    case joined = "product of two metrics of a device, 1 day, 5 min"
    case batteryTomorrow = "battery voltage in a day, 1 day, 5 min"
    case spread = "spread within an hour by zone, 1 day, 5 min"
    case slope = "steepest fall of water by zone, 1 day, 5 min"

    /// The query in PromQL.
    var text: String {
        switch self {
        case .powerByZone: "sum by (zone) (rate(energy_wh_total[5m]))"
        case .hottest: "topk(10, avg_over_time(temperature_celsius[1h]))"
        case .highPercentile: "quantile_over_time(0.95, pm25_ugm3[1h])"
        case .shareOn: "sum by (zone) (pump_on) / count by (zone) (pump_on)"
        case .energyByDay: "increase(energy_wh_total[1d])"
        case .peakFlow: "max_over_time(sum by (zone) (rate(water_liters_total[5m]))[1h:1m])"
        case .warmByZone: "count by (zone) (temperature_celsius > 20)"
        case .devicesUp: "count by (zone) (present_over_time(battery_volts[15m]))"
        case .joined:
            "temperature_celsius * on (device) group_left () humidity_percent"
        case .batteryTomorrow: "predict_linear(battery_volts[6h], 86400)"
        case .spread: "avg by (zone) (stddev_over_time(temperature_celsius[1h]))"
        case .slope: "min by (zone) (deriv(water_level_meters[1h]))"
        }
    }

    /// When it is asked for.
    var times: BenchQuery.Times {
        let minute: Int64 = 60_000
        let day = 1440 * minute
        let start = Workload.start
        return switch self {
        case .hottest: .instant(start + 9999 * minute)
        case .energyByDay: .range(from: start + day, to: start + 6 * day, step: day)
        case .warmByZone:
            .range(from: start + 60 * minute, to: start + 9960 * minute, step: 5 * minute)
        case .peakFlow: .range(from: start + 2 * day, to: start + 3 * day, step: 15 * minute)
        case .powerByZone, .shareOn, .devicesUp:
            .range(from: start + 2 * day, to: start + 3 * day, step: minute)
        case .highPercentile, .joined, .batteryTomorrow, .spread, .slope:
            .range(from: start + 2 * day, to: start + 3 * day, step: 5 * minute)
        }
    }
}

extension BenchQuery {
    /// Twelve queries of dashboards and indicators.
    static let dashboards = Dashboard.allCases.map {
        BenchQuery(kind: .dashboard($0), name: $0.rawValue, text: $0.text, times: $0.times)
    }
}
