internal import Telemetry

/// The registry of the simulated commune as CSV files: places, circuits, routes, devices.
struct RegistryText: Sendable {
    let commune: SimulatedCommune
    /// From when on things are in force, long before the history begins.
    let from: String

    /// Source of all that an office would have counted or found.
    static let source = "MÔ PHỎNG"

    init(_ commune: SimulatedCommune) {
        self.commune = commune
        let day = CivilDate(commune.start, offset: commune.zoneOffset).daysSince1970
        from = CivilDate(daysSince1970: day - 365).description
    }

    /// All files, places before what stands there.
    var files: [(name: String, text: String)] {
        [
            ("units.csv", units), ("villages.csv", villages), ("memberships.csv", memberships),
            ("sites.csv", sites), ("feeders.csv", feeders), ("lighting.csv", lighting),
            ("routes.csv", routes), ("collections.csv", collections), ("zones.csv", zones),
            ("devices.csv", devices), ("roads.csv", roads), ("supplies.csv", supplies),
            ("supply_villages.csv", supplyVillages), ("supply_devices.csv", supplyDevices),
            ("laboratory.csv", laboratory), ("points.csv", points), ("counts.csv", counts),
            ("attestations.csv", attestations),
        ]
    }

    private var units: String {
        var csv = CSVText("code,name,kind,regions,from,to")
        csv.append(
            SimulatedCommune.code,
            SimulatedCommune.name,
            "commune",
            "province:da-nang;province:hai-duong;region:bac-trung-bo",
            from,
            ""
        )
        return csv.text
    }

    private var villages: String {
        var csv = CSVText("code,name,latitude,longitude,households,people")
        for village in commune.villages {
            csv.append(
                village.code,
                village.name,
                CSVText.number(village.latitude),
                CSVText.number(village.longitude),
                "\(village.households)",
                "\(village.people)"
            )
        }
        return csv.text
    }

    private var memberships: String {
        var csv = CSVText("unit,village,from,to")
        for village in commune.villages {
            csv.append(SimulatedCommune.code, village.code, from, "")
        }
        return csv.text
    }

    private var sites: String {
        var csv = CSVText("code,name,village,latitude,longitude")
        for (meter, feeder) in zip(commune.members(.feeder), commune.feeders) {
            csv.append(
                feeder.site,
                "Tủ chiếu sáng \(meter.number)",
                feeder.village,
                CSVText.number(meter.latitude),
                CSVText.number(meter.longitude)
            )
        }
        for village in commune.villages {
            let number = village.code.dropFirst(3)
            for (code, name) in [("NUOC", "Trạm cấp nước"), ("NVH", "Nhà văn hóa")] {
                csv.append(
                    "MP-DIEM-\(code)-\(number)",
                    "\(name) \(village.name)",
                    village.code,
                    CSVText.number(village.latitude),
                    CSVText.number(village.longitude)
                )
            }
        }
        return csv.text
    }

    private var feeders: String {
        var csv = CSVText("code,name,village,site")
        for feeder in commune.feeders {
            csv.append(feeder.code, feeder.name, feeder.village, feeder.site)
        }
        return csv.text
    }

    private var lighting: String {
        var csv = CSVText("feeder,from,mode,on,off")
        for feeder in commune.feeders {
            switch feeder.programme.mode {
            case .sun(let on, let off): csv.append(feeder.code, from, "sun", "\(on)", "\(off)")
            case .clock(let on, let off):
                csv.append(
                    feeder.code,
                    from,
                    "clock",
                    CivilClock.text(minutes: on),
                    CivilClock.text(minutes: off)
                )
            }
        }
        return csv.text
    }

    private var routes: String {
        var csv = CSVText("code,name")
        for route in commune.routes { csv.append(route.code, route.name) }
        return csv.text
    }

    private var collections: String {
        let words = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        var csv = CSVText("route,weekdays,start,end,from,to")
        for route in commune.routes {
            csv.append(
                route.code,
                route.weekdays.sorted().map { words[$0] }.joined(separator: ";"),
                CivilClock.text(minutes: 60 * route.hours.lowerBound),
                CivilClock.text(minutes: 60 * route.hours.upperBound),
                from,
                ""
            )
        }
        return csv.text
    }

    private var zones: String {
        var csv = CSVText("code,name")
        for number in 0..<commune.size.zones {
            csv.append("MP-VUNG-\(number + 1)", "Vùng cấp nước \(number + 1)")
        }
        return csv.text
    }

    private var devices: String {
        var csv = CSVText(
            "code,address,name,kind,profile,parameters,village,site,feeder,route,zone,latitude,"
                + "longitude,expected_interval,nominal_power_watts,fullness_threshold_ratio,"
                + "simulated"
        )
        for device in commune.devices {
            csv.append(
                device.code,
                device.address,
                "\(device.kind.title) \(device.number)",
                device.kind.registryWord,
                device.profile,
                device.parameters,
                device.village,
                device.site,
                device.feeder ?? "",
                device.route ?? "",
                device.zone ?? "",
                CSVText.number(device.latitude),
                CSVText.number(device.longitude),
                Self.duration(minutes: device.intervalMinutes),
                device.nominalWatts.map(CSVText.number) ?? "",
                device.fullnessThreshold.map(CSVText.number) ?? "",
                "true"
            )
        }
        return csv.text
    }

    private static func duration(minutes: Int) -> String {
        minutes % 60 == 0 ? "\(minutes / 60)h" : "\(minutes)m"
    }
}
