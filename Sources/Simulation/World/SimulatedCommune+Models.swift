internal import Telemetry

/// Brings the plan to life: one model a device.
extension SimulatedCommune {
    /// Noise of a device.
    private func noise(_ device: SimulatedDevice) -> SeededNoise {
        noise.stream(device.ordinal + 1)
    }

    private func clock(_ device: SimulatedDevice, near alignment: Instant? = nil) -> ReportClock {
        ReportClock(
            start: start,
            interval: .minutes(Int64(device.intervalMinutes)),
            noise: noise(device),
            alignment: alignment
        )
    }

    private func radio(_ device: SimulatedDevice) -> RadioLink {
        RadioLink(
            server: usesTheThingsStack(device) ? .theThingsStack : .chirpStack,
            code: device.code,
            eui: device.eui,
            profile: device.profile,
            ordinal: device.ordinal,
            noise: noise(device)
        )
    }

    private func load(_ lamp: SimulatedDevice) -> LampLoad {
        LampLoad(
            nominalWatts: lamp.nominalWatts ?? 0,
            ordinal: lamp.ordinal,
            feederOrdinal: feederOrdinal(feederIndex(ofLamp: lamp.ordinal)),
            noise: noise(lamp)
        )
    }

    private func feederOrdinal(_ index: Int) -> Int {
        device(.feeder, index + 1)?.ordinal ?? 0
    }

    func lampModels() -> [LampModel] {
        members(.lamp).map { lamp in
            LampModel(
                load: load(lamp),
                programme: feeders[feederIndex(ofLamp: lamp.ordinal)].programme,
                radio: radio(lamp),
                clock: clock(lamp),
                start: start
            )
        }
    }

    func feederModels() -> [FeederModel] {
        let loads = members(.lamp).map { load($0) }
        return members(.feeder).enumerated().map { index, meter in
            let first = index * DeploymentSize.lampsPerFeeder
            let end = min(first + DeploymentSize.lampsPerFeeder, loads.count)
            return FeederModel(
                ordinal: meter.ordinal,
                lamps: Array(loads[first..<end]),
                programme: feeders[index].programme,
                topic: "tele/\(meter.address)/SENSOR",
                noise: noise(meter),
                clock: clock(meter),
                start: start,
                zoneOffset: zoneOffset
            )
        }
    }

    func binModels() -> [BinModel] {
        members(.bin).enumerated().map { index, bin in
            let chance = noise(bin).unit(0, salt: 0x45)
            let isDaily = index % 2 == 1
            return BinModel(
                ordinal: bin.ordinal,
                route: routes[index % 2],
                curve: .waste(zoneOffset: zoneOffset),
                depthMillimetres: usesTheThingsStack(bin) ? 1600 : 1400,
                // Between what a collection needs to be seen, a fall of 30 points after two days,
                // and the threshold of 80 % after three; on the daily route after one day and two.
                percentPerDay: isDaily ? 46.5 + 3 * chance : 21.5 + 3 * chance,
                radio: radio(bin),
                clock: clock(bin),
                start: start
            )
        }
    }

    func senMLMeterModels() -> [SenMLMeterModel] {
        members(.meter).filter { !isAxioma($0) }.map { meter in
            SenMLMeterModel(
                clock: clock(meter),
                ordinal: meter.ordinal,
                code: meter.code,
                topic: "mo-phong/senml/\(meter.code)",
                noise: noise(meter),
                counter: counter(meter)
            )
        }
    }

    func axiomaMeterModels() -> [AxiomaMeterModel] {
        members(.meter).filter { isAxioma($0) }.map { meter in
            AxiomaMeterModel(
                clock: clock(meter),
                ordinal: meter.ordinal,
                radio: radio(meter),
                counter: counter(meter)
            )
        }
    }

    private func counter(_ meter: SimulatedDevice) -> MeterCounter {
        let chance = noise(meter).unit(0, salt: 0x70)
        let last = villages.count - 1
        let people = villages.map(\.people)
        // Litres a head and day of the two supplies; a household of four uses 0.3 to 0.5 m³.
        let perDay =
            switch meter.number {
            case 1: 0.112 * Double(people[..<max(last, 1)].reduce(0, +))
            case 2: 0.068 * Double(people[last])
            default: 0.3 + 0.2 * chance
            }
        return MeterCounter(
            curve: .water(zoneOffset: zoneOffset),
            cubicMetresPerDay: perDay,
            // The first log of an Axioma meter reaches back before the start.
            from: start - .days(1),
            cubicMetres: perDay * (200 + 700 * chance)
        )
    }

    func inflowModels() -> [InflowModel] {
        members(.inflow).enumerated().map { index, logger in
            InflowModel(
                clock: clock(logger),
                ordinal: logger.ordinal,
                code: logger.code,
                topic: "mo-phong/luu-luong/\(logger.code)",
                noise: noise(logger),
                curve: .water(zoneOffset: zoneOffset),
                meanLitresPerSecond: index % 2 == 0 ? 1.7 : 0.9
            )
        }
    }

    func pressureModels() -> [PressureModel] {
        members(.pressure).map { sensor in
            PressureModel(
                clock: clock(sensor),
                ordinal: sensor.ordinal,
                radio: radio(sensor),
                curve: .water(zoneOffset: zoneOffset),
                restKilopascals: 300 + 60 * noise(sensor).unit(0, salt: 0x51)
            )
        }
    }

    func tankModels() -> [TankModel] {
        members(.tank).enumerated().map { index, tank in
            // The plan promises changes at set minutes after now: the first two tanks report then.
            let alignment: Instant? =
                switch index {
                case 0: now + .minutes(6)
                case 1: now - .seconds(450)
                default: nil
                }
            return TankModel(
                clock: clock(tank, near: alignment),
                ordinal: tank.ordinal,
                radio: radio(tank),
                curve: .water(zoneOffset: zoneOffset),
                heightCentimetres: 300,
                start: start
            )
        }
    }

    func qualityModels() -> [QualityModel] {
        members(.station).map { station in
            QualityModel(
                clock: clock(station),
                ordinal: station.ordinal,
                topic: "mo-phong/chat-luong/\(station.code)",
                noise: noise(station),
                curve: .water(zoneOffset: zoneOffset)
            )
        }
    }

    func pointModels() -> [PointModel] {
        members(.point).map { point in
            PointModel(
                clock: clock(point),
                ordinal: point.ordinal,
                topic: "tele/\(point.address)/STATE",
                noise: noise(point),
                zoneOffset: zoneOffset,
                startedAt: start - .days(20)
            )
        }
    }
}
