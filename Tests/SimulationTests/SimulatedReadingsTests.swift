import Simulation
import Telemetry
import Testing

/// What the decoder makes of simulated messages, with the shipped profiles.
struct SimulatedReadingsTests {
    @Test func `every message decodes, and no reading is refused or doubted`() throws {
        let history = try DemoHistory.shared.get()
        #expect(history.problems.isEmpty, "\(history.problems.prefix(5))")
        #expect(history.decodedCount == history.past.count + history.future.count)
    }

    @Test func `every device of the registry is heard, but for the planned silences`() throws {
        let history = try DemoHistory.shared.get()
        let rows = try DeviceTable(DemoHistory.deployment()).rows
        #expect(rows.count == DeploymentSize.village.deviceCount)
        for row in rows {
            let code = try #require(row["code"])
            #expect(history.readings[code] != nil, "\(code) was never heard")
        }
    }

    @Test func `counters never fall`() throws {
        let counters: Set = [
            "lamp.energy", "lamp.burning_time", "feeder.energy", "water.volume",
            "link.frame_count", "device.uptime",
        ]
        for (device, quantities) in try DemoHistory.shared.get().readings {
            for (quantity, points) in quantities where counters.contains(quantity) {
                // An Axioma meter tells earlier hours again: in order of measurement they rise.
                let values = points.sorted { $0.time < $1.time }.map(\.value)
                #expect(
                    zip(values, values.dropFirst()).allSatisfy { $0 <= $1 },
                    "\(quantity) of \(device) fell"
                )
                #expect(values.last ?? 0 > values.first ?? 0, "\(quantity) of \(device) rests")
            }
        }
    }

    @Test func `a circuit's meter takes what its lamps take, and 15 W`() throws {
        let history = try DemoHistory.shared.get()
        let night = DemoHistory.now - .days(1) + .hours(6)
        for from in [night, night - .hours(9)] {
            // Two intervals and a little: a frame may be lost.
            let until = from + .minutes(31)
            let lamps = (1...12).compactMap { number in
                history.points(
                    "MP-DEN-\(number < 10 ? "000" : "00")\(number)",
                    "lamp.power",
                    from: from,
                    to: until
                ).last?.value
            }
            #expect(lamps.count == 12)
            let phases = history.points("MP-TU-01", "feeder.power", from: from, to: until)
            let meter = phases.suffix(3).map(\.value).reduce(0, +)
            #expect(abs(meter - lamps.reduce(0, +) - 15) < 25, "\(meter)")
        }
    }

    @Test func `lamps burn by night and not by day`() throws {
        let history = try DemoHistory.shared.get()
        // 10:00 and 21:00 of local time, each day, the meter of a circuit without planned faults.
        let midnight = CivilDate(DemoHistory.now, offset: .hours(7)).midnight(offset: .hours(7))
        for day in 1...12 {
            let base = midnight - .days(Int64(day))
            for (hour, isLit) in [(Int64(10), false), (21, true)] {
                let time = base + .hours(hour)
                let phases = history.points(
                    "MP-TU-02",
                    "feeder.power",
                    from: time,
                    to: time + .minutes(6)
                )
                #expect(!phases.isEmpty)
                #expect(phases.allSatisfy { ($0.value > 100) == isLit }, "\(time)")
            }
        }
    }

    @Test func `one circuit dims to half from 23 o'clock and raises no alarm by it`() throws {
        let history = try DemoHistory.shared.get()
        let midnight = CivilDate(DemoHistory.now, offset: .hours(7)).midnight(offset: .hours(7))
        let late = history.points(
            "MP-DEN-0050",
            "lamp.level",
            from: midnight - .minutes(55),
            to: midnight
        )
        #expect(late.count >= 2 && late.allSatisfy { $0.value == 50 })
        let power = history.points(
            "MP-DEN-0050",
            "lamp.power",
            from: midnight - .minutes(55),
            to: midnight
        )
        #expect(power.allSatisfy { (28...36).contains($0.value) })
    }

    @Test func `bins are emptied on their rounds, with a fall that a rule can see`() throws {
        let history = try DemoHistory.shared.get()
        for number in 1...9 {
            let fill = try #require(history.readings["MP-THUNG-0\(number)"]?["bin.fill"])
            let falls = zip(fill, fill.dropFirst()).filter { $0.0.value - $0.1.value >= 30 }
            #expect(falls.count >= (number % 2 == 1 ? 5 : 11), "bin \(number)")
            for (before, after) in falls {
                #expect(after.value <= 8, "bin \(number) at \(after.time)")
                #expect(before.value - after.value >= 32, "bin \(number) at \(after.time)")
            }
        }
    }

    @Test func `nothing looks like a fault where none is planned`() throws {
        let history = try DemoHistory.shared.get()
        func calm(_ device: String, _ quantity: String, _ range: ClosedRange<Double>) {
            let faults = history.plan.faults.filter { $0.device == device }
            let points = history.points(
                device,
                quantity,
                from: DemoHistory.start,
                to: DemoHistory.now
            ).filter { point in
                !faults.contains { fault in
                    point.time >= fault.from - .minutes(30)
                        && point.time <= (fault.to ?? DemoHistory.now) + .hours(4)
                }
            }
            #expect(points.count > 100)
            for point in points where !range.contains(point.value) {
                Issue.record("\(device) \(quantity) is \(point.value) at \(point.time)")
            }
        }
        for tank in 1...2 { calm("MP-BE-0\(tank)", "water.tank_fill", 33...87) }
        for station in 1...2 {
            calm("MP-CL-0\(station)", "water.turbidity", 0.1...1.9)
            calm("MP-CL-0\(station)", "water.ph", 6.5...8)
            calm("MP-CL-0\(station)", "water.chlorine_free", 0.25...0.9)
        }
        for bin in 1...9 { calm("MP-THUNG-0\(bin)", "bin.fill", 0...79.9) }
        for sensor in 1...3 {
            let device = "MP-AP-0\(sensor)"
            let faults = history.plan.faults.filter {
                $0.device == device && $0.kind == .pressureFlat
            }
            let points = history.points(
                device,
                "water.pressure",
                from: DemoHistory.start,
                to: DemoHistory.now
            )
            // Two readings may be equal where a frame between them was lost; four never are.
            for (one, two) in zip(points, points.dropFirst(3))
            where points.filter({ $0.time >= one.time && $0.time <= two.time })
                .allSatisfy({ $0.value == one.value })
            {
                let isPlanned = faults.contains { $0.isActive(at: two.time + .seconds(1)) }
                #expect(isPlanned, "\(device) rests at \(two.time)")
            }
        }
    }
}
