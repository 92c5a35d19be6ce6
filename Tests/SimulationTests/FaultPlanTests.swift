import Simulation
import Telemetry
import Testing

/// Each planned fault, as it is seen in the readings.
struct FaultPlanTests {
    private static func faults(_ kind: SimulatedFault.Kind) throws -> [SimulatedFault] {
        let found = try DemoHistory.shared.get().plan.faults.filter { $0.kind == kind }
        #expect(!found.isEmpty)
        return found
    }

    /// Readings of a fault's device while it lasts, from when the first report can show it.
    private static func points(
        _ fault: SimulatedFault,
        _ quantity: String,
        after delay: Milliseconds = .zero
    ) throws -> [DemoHistory.Point] {
        try DemoHistory.shared.get().points(
            fault.device,
            quantity,
            from: fault.from + delay,
            to: (fault.to ?? DemoHistory.now) - .seconds(4)
        )
    }

    @Test func `the plan provokes every alarm that it names`() throws {
        let plan = try DemoHistory.shared.get().plan
        let codes = Set(plan.faults.compactMap(\.kind.alarmCode))
        #expect(
            codes == ["A1", "A2", "A9", "B1", "B6", "C1", "C6", "C10", "G1", "G4"]
        )
        let open = plan.faults.filter { $0.isActive(at: DemoHistory.now) }
        #expect(open.count >= 6)
        #expect(plan.faults.count - open.count >= 10)
    }

    @Test func `planned faults of one device never overlap, but for the graver level`() throws {
        let plan = try DemoHistory.shared.get().plan
        for (index, one) in plan.faults.enumerated() {
            for two in plan.faults[(index + 1)...] where one.device == two.device {
                if one.isConsequence || two.isConsequence || two.kind == .tankVeryLow { continue }
                #expect(!one.isActive(at: two.from) && !two.isActive(at: one.from))
            }
        }
    }

    @Test func `a lamp that failed is dark by night and says so`() throws {
        for fault in try Self.faults(.lampOff) {
            let failures = try Self.points(fault, "lamp.failure")
            let power = try Self.points(fault, "lamp.power")
            let end = fault.to ?? DemoHistory.now
            let nights = (end - fault.from).seconds / 86_400
            #expect(failures.filter { $0.value == 1 }.count >= Int(40 * nights.rounded(.down)))
            #expect(power.allSatisfy { $0.value < 2 })
            let before = try DemoHistory.shared.get().points(
                fault.device,
                "lamp.power",
                from: fault.from - .days(1),
                to: fault.from
            )
            #expect(before.contains { $0.value > 30 })
        }
    }

    @Test func `a day burner takes its power at noon`() throws {
        for fault in try Self.faults(.lampOnByDay) {
            let power = try Self.points(fault, "lamp.power")
            #expect(power.count >= 20)
            #expect(power.allSatisfy { $0.value > 30 })
            let flags = try Self.points(fault, "lamp.day_burning")
            #expect(flags.allSatisfy { $0.value == 1 })
        }
    }

    @Test func `a circuit without supply is dark, then silent with all its lamps`() throws {
        let history = try DemoHistory.shared.get()
        for fault in try Self.faults(.feederOutage) {
            #expect(fault.feeder == "MP-TUYEN-04")
            let meter = try Self.points(fault, "feeder.power")
            #expect(meter.count == 6)
            #expect(meter.allSatisfy { $0.value == 0 })
            let end = try #require(fault.to)
            var gasps = 0
            for number in 37...48 {
                let device = "MP-DEN-00\(number)"
                let power = history.points(device, "lamp.power", from: fault.from, to: end)
                #expect(power.count <= 1, "\(device)")
                gasps += power.filter { $0.value == 0 }.count
                let after = history.points(
                    device,
                    "lamp.power",
                    from: end,
                    to: end + .minutes(20)
                )
                #expect(after.contains { $0.value > 30 }, "\(device)")
            }
            #expect(gasps == 4)
            let before = history.points(
                fault.device,
                "feeder.power",
                from: fault.from - .days(1),
                to: fault.from - .days(1) + .minutes(30)
            )
            #expect(before.allSatisfy { $0.value > 100 })
        }
    }

    @Test func `bins stand over their threshold, and those left out are not emptied`() throws {
        for fault in try Self.faults(.binNearlyFull) {
            let fill = try Self.points(fault, "bin.fill", after: .hours(4))
            // The bin that is left out today is full tonight only.
            if fault.from + .hours(6) < DemoHistory.now { #expect(fill.count >= 2) }
            #expect(fill.allSatisfy { $0.value >= 80 }, "\(fault)")
        }
        let history = try DemoHistory.shared.get()
        for fault in try Self.faults(.missedCollection) {
            let fill = history.points(
                fault.device,
                "bin.fill",
                from: fault.from,
                to: fault.from + .hours(12)
            )
            #expect(fill.count >= 6)
            #expect(fill.allSatisfy { $0.value > 40 }, "\(fault)")
            guard let end = fault.to, end < DemoHistory.now else { continue }
            let after = history.points(
                fault.device,
                "bin.fill",
                from: end + .hours(2),
                to: end + .hours(4)
            )
            #expect(!after.isEmpty && after.allSatisfy { $0.value < 20 })
        }
    }

    @Test func `waste pressed together falls by 15 points and stays above 20 percent`() throws {
        for fault in try Self.faults(.binCompaction) {
            let fill = try DemoHistory.shared.get().points(
                fault.device,
                "bin.fill",
                from: fault.from - .hours(2),
                to: fault.from + .hours(2)
            ).map(\.value)
            let fall = zip(fill, fill.dropFirst()).map { $0 - $1 }.max() ?? 0
            #expect((13...17).contains(fall))
            #expect(fill.allSatisfy { $0 > 20 })
        }
    }

    @Test func `the night flow of one zone rises by a third on the last four nights`() throws {
        let history = try DemoHistory.shared.get()
        for fault in try Self.faults(.nightFlowRise) {
            let midnight = CivilDate(DemoHistory.now, offset: .hours(7))
                .midnight(offset: .hours(7))
            let nights = (0..<13).map { day in
                history.points(
                    fault.device,
                    "water.flow",
                    from: midnight - .days(Int64(day)) + .hours(2),
                    to: midnight - .days(Int64(day)) + .hours(4)
                ).map(\.value)
            }
            #expect(nights.allSatisfy { $0.count >= 7 })
            let minima = nights.map { $0.min() ?? 0 }
            let normal = minima[4...]
            let mean = normal.reduce(0, +) / Double(normal.count)
            #expect(minima[..<4].allSatisfy { (1.28...1.45).contains($0 / mean) })
            #expect(normal.allSatisfy { (0.9...1.1).contains($0 / mean) })
        }
    }

    @Test func `tanks run low, very low and high, and change in the minutes after now`() throws {
        let history = try DemoHistory.shared.get()
        let now = DemoHistory.now
        let veryLow = try #require(try Self.faults(.tankVeryLow).first)
        let low = try Self.points(veryLow, "water.tank_fill")
        #expect(low.count >= 6 && low.allSatisfy { $0.value < 15 })
        let one = history.points(
            "MP-BE-01",
            "water.tank_fill",
            from: now - .minutes(45),
            to: now + .minutes(8)
        )
        #expect(one.dropLast().allSatisfy { $0.value < 30 })
        let clearing = try #require(one.last)
        #expect(clearing.value >= 32)
        #expect(clearing.time > now + .minutes(5) && clearing.time < now + .minutes(8))
        let two = history.points(
            "MP-BE-02",
            "water.tank_fill",
            from: now - .minutes(40),
            to: now + .minutes(25)
        )
        let crossing = try #require(two.first { $0.value > 90 })
        #expect(crossing.time > now - .minutes(8) && crossing.time < now - .minutes(7))
        #expect(two.filter { $0.time > crossing.time }.allSatisfy { $0.value > 90 })
        #expect(two.filter { $0.time < crossing.time }.allSatisfy { $0.value < 88 })
    }

    @Test func `turbidity stays above its limit for more than two hours`() throws {
        for fault in try Self.faults(.turbidityHigh) {
            let turbidity = try Self.points(fault, "water.turbidity")
            #expect(turbidity.count >= 9)
            #expect(turbidity.allSatisfy { $0.value > 2 })
        }
    }

    @Test func `silent devices are silent, and those that come back are heard again`() throws {
        let history = try DemoHistory.shared.get()
        for fault in try Self.faults(.deviceSilent) {
            let quantity = fault.device.contains("WIFI") ? "link.rssi" : "water.pressure"
            #expect(try Self.points(fault, quantity, after: .seconds(2)).isEmpty)
            guard let end = fault.to else { continue }
            let after = history.points(
                fault.device,
                quantity,
                from: end,
                to: end + .minutes(20)
            )
            #expect(!after.isEmpty)
        }
    }

    @Test func `a stuck pressure sensor repeats one value`() throws {
        for fault in try Self.faults(.pressureFlat) {
            let values = try Self.points(fault, "water.pressure").map(\.value)
            #expect(values.count >= 16)
            #expect(Set(values).count == 1)
        }
    }

    @Test(arguments: [0, 5, 11, 17, 23], [0, 1, 3, 6])
    func `the plan holds at any hour and weekday`(hour: Int, day: Int) {
        let now = DemoHistory.now + .days(Int64(day)) + .hours(Int64(hour))
        let plan = DemoHistory.deployment(now: now).plan
        #expect(plan.faults.count == 19)
        for fault in plan.faults {
            #expect(fault.from > now - .days(11), "\(fault)")
            #expect(fault.from < now || fault.isConsequence, "\(fault)")
            #expect(fault.to.map { $0 > fault.from } ?? true, "\(fault)")
        }
        let missed = plan.faults.filter { $0.kind == .missedCollection }
        #expect(missed.map { $0.isActive(at: now) } == [false, true])
    }
}
