internal import PromQL
internal import Telemetry

/// Durations as rule files write them: Prometheus durations, and `0` without a unit.
enum RuleDuration {
    static func parse(_ text: String) -> Milliseconds? {
        text == "0" ? .zero : DurationText.parse(text)
    }
}
