/// What the generator knows of a metric of ``VillageSamples``.
struct GeneratedMetric {
    var name: String
    var labels: Set<String>
    /// Conditions that find something.
    var matchers: [String]
    /// Time between samples.
    var seconds: Int
    var isCounter = false
    /// Whether no two of its series have the same value.
    var isDistinct = false
    /// A value in the middle of what it has.
    var middle: String
    /// What its values are.
    var gives = ExpressionGenerator.Need.dyadic

    static let all = [
        GeneratedMetric(
            name: "lamp_power_watts",
            labels: ["device", "village", "feeder"],
            matchers: [
                "device=\"lamp-1\"", "village=\"v0\"", "feeder!=\"f1\"", "device=~\"lamp-[0-3]\"",
                "device!~\"lamp-(4|5)\"", "site=\"\"",
            ],
            seconds: 60,
            isDistinct: true,
            middle: "45"
        ),
        GeneratedMetric(
            name: "bin_fill_ratio",
            labels: ["device", "village"],
            matchers: ["village=~\"v.\"", "device!=\"bin-3\"", "device=~\"bin-0|bin-2\""],
            seconds: 900,
            isDistinct: true,
            middle: "0.5"
        ),
        GeneratedMetric(
            name: "tank_level_metres",
            labels: ["device", "village"],
            matchers: ["village=\"v1\"", "device=~\"tank.*\""],
            seconds: 21_600,
            middle: "2"
        ),
        GeneratedMetric(
            name: "water_volume_cubic_metres_total",
            labels: ["device", "village"],
            matchers: ["device=~\"meter-(0|1)\"", "village=\"v0\"", "device!=\"meter-2\""],
            seconds: 900,
            isCounter: true,
            middle: "50000"
        ),
        GeneratedMetric(
            name: "lighting_expected",
            labels: ["village"],
            matchers: ["village=\"v1\"", "village!~\"v[2-9]\""],
            seconds: 60,
            middle: "1"
        ),
        GeneratedMetric(
            name: "device_info",
            labels: ["device", "village", "feeder", "model", "firmware"],
            matchers: ["model=\"m1\"", "firmware=~\"1.0\"", "model!=\"\""],
            seconds: 120,
            middle: "1"
        ),
        GeneratedMetric(
            name: "ALERTS",
            labels: ["alertname", "alertstate", "device", "severity"],
            matchers: [
                "alertstate=\"firing\"", "severity!=\"critical\"", "alertname=\"LampDark\"",
            ],
            seconds: 60,
            middle: "1"
        ),
        GeneratedMetric(
            name: "air_temperature_celsius",
            labels: ["device", "village"],
            matchers: ["device=\"air-1\"", "village=\"v0\""],
            seconds: 300,
            middle: "10"
        ),
        GeneratedMetric(
            name: "request_duration_seconds_bucket",
            labels: ["route", "le"],
            matchers: ["le=\"0.5\"", "route=\"query\"", "le!=\"+Inf\""],
            seconds: 60,
            isCounter: true,
            middle: "300000"
        ),
        GeneratedMetric(
            name: "request_duration_seconds_sum",
            labels: ["route"],
            matchers: ["route=\"write\"", "route=~\"query|write\""],
            seconds: 60,
            isCounter: true,
            middle: "900000"
        ),
        GeneratedMetric(
            name: "probe_reading",
            labels: ["device"],
            matchers: ["device=\"probe-0\"", "device=~\"probe-[12]\""],
            seconds: 120,
            middle: "0",
            gives: .exact
        ),
    ]
}
