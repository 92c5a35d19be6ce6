internal import Telemetry

/// What one of the ten metrics is like; values are whole numbers of its last decimal.
struct WorkloadMetric: Sendable {
    let name: String
    let kind: String
    let decimals: Int
    let range: ClosedRange<Int32>

    static let all = [
        WorkloadMetric(name: "temperature_celsius", kind: "gauge", decimals: 1, range: -100...450),
        WorkloadMetric(name: "humidity_percent", kind: "gauge", decimals: 1, range: 200...1000),
        WorkloadMetric(name: "soil_moisture_percent", kind: "gauge", decimals: 1, range: 50...600),
        WorkloadMetric(name: "battery_volts", kind: "gauge", decimals: 2, range: 280...420),
        WorkloadMetric(name: "water_level_meters", kind: "gauge", decimals: 2, range: 20...900),
        WorkloadMetric(name: "pm25_ugm3", kind: "gauge", decimals: 1, range: 0...2500),
        WorkloadMetric(name: "energy_wh_total", kind: "counter", decimals: 0, range: 0...0),
        WorkloadMetric(name: "water_liters_total", kind: "counter", decimals: 0, range: 0...0),
        WorkloadMetric(name: "pump_on", kind: "state", decimals: 0, range: 0...1),
        WorkloadMetric(name: "door_open", kind: "state", decimals: 0, range: 0...1),
    ]
}

/// Makes one series' samples one after the other, as `wl_make` of `workload.h` does.
///
/// It is kept small, 24 bytes: a million of them lie beside the store whose memory is measured.
struct WorkloadSeries {
    private var random: UInt64
    private var level: Int32
    private var index: Int32 = 0
    private let phase: Int32
    private let metric: UInt8
    private let timing: Workload.Timing
    private var state: Int8
    private var isFlowing = false

    init(metric: Int, series: Int, seed: UInt64, timing: Workload.Timing) {
        self.metric = UInt8(metric)
        self.timing = timing
        let range = WorkloadMetric.all[metric].range
        random = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(series) &* 0xD1B5_4A32_D192_ED03 &+ 1
        for _ in 0..<8 { _ = Self.next(&random) }
        phase = Int32(Self.next(&random) % UInt64(Workload.stepMilliseconds))
        let width = UInt64(range.upperBound - range.lowerBound + 1)
        level = range.lowerBound + Int32(Self.next(&random) % width)
        state = Int8(Self.next(&random) & 1)
        if metric == 6 || metric == 7 { level = Int32(Self.next(&random) % 1_000_000) }
    }

    private static let divisors: [Double] = [1, 10, 100]

    /// The next sample.
    mutating func next() -> Sample {
        let jitter = Int64(Self.next(&random) % 4001) - 2000
        let due = Workload.start + Int64(index) * Workload.stepMilliseconds
        let time = timing == .grid ? due : due + Int64(phase) + jitter
        move(Self.next(&random))
        index += 1
        let value = Double(level) / Self.divisors[WorkloadMetric.all[Int(metric)].decimals]
        return Sample(time: Instant(milliseconds: time), value: value)
    }

    private mutating func move(_ dice: UInt64) {
        switch metric {
        case 6:
            level += 20 + Int32(dice % 31)
        case 7:
            if dice % 200 == 0 { isFlowing.toggle() }
            if isFlowing { level += 1 + Int32((dice >> 8) % 9) }
        case 8, 9:
            if dice % 240 == 0 { state = 1 - state }
            level = Int32(state)
        default:
            moveGauge(dice)
        }
    }

    private mutating func moveGauge(_ dice: UInt64) {
        guard dice % 100 < 45 else { return }
        let distance = Int32(1 + (dice >> 8) % 3) * (metric == 5 ? 3 : 1)
        var rises = (dice >> 16) & 1 == 1
        if (dice >> 20) % 8 == 0 { rises = (index / 720) & 1 == 1 }
        level += rises ? distance : -distance
        let range = WorkloadMetric.all[Int(metric)].range
        level = min(max(level, range.lowerBound), range.upperBound)
    }

    private static func next(_ state: inout UInt64) -> UInt64 {
        var word = state
        word ^= word >> 12
        word ^= word << 25
        word ^= word >> 27
        state = word
        return word &* 2_685_821_657_736_338_717
    }
}
