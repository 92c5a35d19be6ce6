import Simulation
import Telemetry
import Testing

/// The registry of the simulated deployment.
struct RegistryFilesTests {
    private static let headers = [
        "units.csv": "code,name,kind,regions,from,to",
        "villages.csv": "code,name,latitude,longitude,households,people",
        "memberships.csv": "unit,village,from,to",
        "sites.csv": "code,name,village,latitude,longitude",
        "feeders.csv": "code,name,village,site",
        "lighting.csv": "feeder,from,mode,on,off",
        "routes.csv": "code,name",
        "collections.csv": "route,weekdays,start,end,from,to",
        "zones.csv": "code,name",
        "devices.csv":
            "code,address,name,kind,profile,parameters,village,site,feeder,route,zone,latitude,"
            + "longitude,expected_interval,nominal_power_watts,fullness_threshold_ratio,simulated",
        "roads.csv": "code,village,class,length_kilometres,lamps",
        "supplies.csv": "code,name,loss_share,chlorinated",
        "supply_villages.csv": "supply,village,households,people",
        "supply_devices.csv": "supply,device,role",
        "laboratory.csv": "supply,passes,from,to,document,simulated",
        "points.csv": "device,kind",
        "counts.csv": "key,area,numerator,denominator,date,valid_to,source,simulated",
        "attestations.csv": "key,area,passes,from,to,document,simulated",
    ]

    @Test func `every file has its header and at least one record`() throws {
        let deployment = DemoHistory.deployment()
        #expect(Set(deployment.registryFiles.map(\.name)) == Set(Self.headers.keys))
        for file in deployment.registryFiles {
            let header = file.text.prefix { $0 != "\n" }
            #expect(String(header) == Self.headers[file.name], "\(file.name)")
            #expect(try !DeviceTable.rows(file.name, of: deployment).isEmpty)
        }
    }

    @Test func `everything is marked as simulated`() throws {
        let deployment = DemoHistory.deployment()
        for (name, header) in Self.headers where header.hasSuffix("simulated") {
            for row in try DeviceTable.rows(name, of: deployment) {
                #expect(row["simulated"] == "true", "\(name)")
            }
        }
        for row in try DeviceTable(deployment).rows {
            #expect(row["code"]?.hasPrefix("MP-") == true)
            let address = row["address"] ?? ""
            // An EUI with the bit "locally administered", or a name that says it.
            #expect(
                address.hasPrefix("024d50") || address.hasPrefix("mo-phong/")
                    || address.hasPrefix("MP-")
            )
        }
    }

    @Test func `every code that a record points to exists`() throws {
        let deployment = DemoHistory.deployment()
        func codes(_ name: String) throws -> Set<String> {
            Set(try DeviceTable.rows(name, of: deployment).compactMap { $0["code"] })
        }
        let targets = [
            "village": try codes("villages.csv"), "site": try codes("sites.csv"),
            "feeder": try codes("feeders.csv"), "route": try codes("routes.csv"),
            "zone": try codes("zones.csv"), "supply": try codes("supplies.csv"),
            "unit": try codes("units.csv"), "device": try codes("devices.csv"),
            "area": try codes("units.csv"), "lamps": try codes("devices.csv"),
        ]
        for name in Self.headers.keys {
            for row in try DeviceTable.rows(name, of: deployment) {
                for (column, known) in targets {
                    for code in (row[column] ?? "").split(separator: ";") {
                        #expect(known.contains(String(code)), "\(name): \(column) \(code)")
                    }
                }
            }
        }
    }

    @Test func `the interval of the registry is the interval of the messages`() throws {
        let history = try DemoHistory.shared.get()
        let quantities = ["MP-DEN-0001": "lamp.power", "MP-THUNG-03": "bin.fill"]
        for (device, quantity) in quantities {
            let points = history.points(
                device,
                quantity,
                from: DemoHistory.start,
                to: DemoHistory.now
            )
            let minutes = device == "MP-DEN-0001" ? 15.0 : 120
            let expected = 14 * 1440 / minutes
            #expect((0.95...1.02).contains(Double(points.count) / expected))
        }
    }
}
