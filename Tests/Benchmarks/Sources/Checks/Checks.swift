import Measuring
import QualityControl
import Telemetry

/// What judging a reading costs, in processor time, with every check on and with the flat line
/// alone, beside the same loop without judging.
///
/// 1 000 series, a reading of each in turn, as messages come; every minute, or every quarter hour,
/// where each second reading ends a half hour and has the deviation worked out.
@main
enum Checks {
    static let seriesCount = 1_000
    static let rounds = 2_000

    static func main() throws {
        for minutes in [1, 15] {
            for quantity in ["water.ph", "water.tank_fill"] {
                let empty = nanoseconds(quantity, minutes, judges: false)
                let judged = nanoseconds(quantity, minutes, judges: true)
                let cost = Double(Int((judged - empty) * 10)) / 10
                print("\(quantity) every \(minutes) min: \(cost) ns a reading")
            }
        }
    }

    private static func nanoseconds(_ name: String, _ minutes: Int, judges: Bool) -> Double {
        guard let quantity = Quantity.named(name) else { return .nan }
        var control = QualityControl()
        var places: [QualityControl.Place] = []
        for number in 0..<seriesCount {
            let address = "d\(number)"
            let place = control.place(
                of: quantity,
                channel: nil,
                address: address,
                device: address
            )
            if let place { places.append(place) }
        }
        var sum = 0.0
        var found = 0
        let mark = Mark()
        for round in 0..<rounds {
            let time = Instant(milliseconds: 1_773_100_800_000 + Int64(round * minutes) * 60_000)
            for (index, place) in places.enumerated() {
                let value = 7 + Double((round &* 7919 &+ index &* 104_729) % 101) / 100
                if judges {
                    let judgement = control.judge(Sample(time: time, value: value), at: place)
                    if judgement != .accepted { found += 1 }
                } else {
                    sum += value
                }
            }
        }
        let cost = mark.elapsed.cpuSeconds
        // Has the work be done.
        if sum < 0 || found < 0 { print(sum, found) }
        return cost / Double(rounds * places.count) * 1e9
    }
}
