import Registry
import Telemetry
import Testing

struct RegistrySnapshotTests {
    @Test func `a whole folder is found again in the snapshot`() throws {
        let snapshot = try SmallFolder.database().snapshot()
        #expect(snapshot.units.map(\.code) == ["dv-old", "hm", "hm-old", "qn"])
        #expect(snapshot.unit("dv-old")?.regions == ["province:quang-ninh", "group:3"])
        #expect(snapshot.unit("qn")?.kind == .province)
        #expect(snapshot.villages.map(\.code) == ["dm", "kr", "pl"])
        #expect(snapshot.memberships.count == 5)
        #expect(snapshot.site("cho")?.village == "dm")
        #expect(snapshot.feeder("f1")?.site == "cho")
        #expect(snapshot.feeder("f2")?.site == nil)
        #expect(snapshot.routes.map(\.name) == ["Tuyến rác 1"])
        #expect(snapshot.collections.map(\.weekdays) == [[.mon, .wed], [.sat]])
        #expect(snapshot.zones.map(\.code) == ["z1"])
        #expect(snapshot.devices.map(\.code) == ["b1", "l1", "l2", "m1", "q1", "w1"])
        #expect(snapshot.roads.map(\.lamps) == [["l2", "l1"]])
        #expect(snapshot.points.map(\.village) == ["dm"])
        #expect(snapshot.counts.map(\.denominator) == [120, nil])
        #expect(snapshot.counts.map(\.source) == ["UBND xã", nil])
        #expect(snapshot.attestations.map(\.passes) == [false])
        #expect(snapshot.laboratoryResults.map(\.isSimulated) == [true])
    }

    @Test func `a device carries all that its line says`() throws {
        let snapshot = try SmallFolder.database().snapshot()
        let bin = try #require(snapshot.device("b1"))
        #expect(
            bin
                == RegistrySnapshot.Device(
                    code: "b1",
                    address: "bin/7",
                    kind: .bin,
                    profile: "p-bin",
                    parameters: ["bin_depth": 1200, "dead_zone": 200],
                    village: "dm",
                    site: "cho",
                    route: "r1",
                    expectedInterval: .hours(6),
                    fullnessThresholdRatio: 0.8
                )
        )
        #expect(snapshot.device("l1")?.expectedInterval == .minutes(15))
        #expect(snapshot.device("m1")?.expectedInterval == .days(1))
        #expect(snapshot.device("q1")?.expectedInterval == .seconds(30))
        #expect(snapshot.device("l2")?.isSimulated == true)
        #expect(snapshot.device("l1")?.nominalPowerWatts == 60)
    }

    @Test func `a supply knows its villages and its devices`() throws {
        let supply = try #require(try SmallFolder.database().snapshot().supplies.first)
        #expect(
            supply.villages == [
                .init(village: "dm", people: 300), .init(village: "pl", households: 80),
            ]
        )
        #expect(supply.meters == ["m1"])
        #expect(supply.qualityDevices == ["q1"])
        #expect(supply.lossShare == 0.15)
        #expect(supply.isChlorinated)
    }

    @Test func `what is not known is nil and never zero`() throws {
        let snapshot = try SmallFolder.database().snapshot()
        let village = try #require(snapshot.village("kr"))
        #expect(village.position == nil)
        #expect(village.households == nil)
        #expect(village.people == nil)
        #expect(snapshot.village("dm")?.households == 120)
        #expect(snapshot.unit("hm-old")?.from == nil)
    }

    @Test func `a device is found by its EUI in any spelling`() throws {
        let snapshot = try SmallFolder.database().snapshot()
        #expect(snapshot.device("l1")?.address == "a840410000000001")
        for address in ["a840410000000001", "A8:40:41:00:00:00:00:01", "A840410000000001"] {
            #expect(snapshot.device(address: address)?.code == "l1")
        }
        #expect(snapshot.device(address: "bin/7")?.code == "b1")
        #expect(snapshot.device(address: "bin/8") == nil)
    }

    @Test func `a village belongs to the former commune before the merger and to the new after`()
        throws
    {
        let snapshot = try SmallFolder.database().snapshot()
        let before = try SmallFolder.day("2025-06-30")
        let after = try SmallFolder.day("2025-07-01")
        #expect(snapshot.unit(of: "pl", on: before)?.code == "dv-old")
        #expect(snapshot.unit(of: "pl", on: after)?.code == "hm")
        #expect(snapshot.unit(of: "dm", on: after)?.code == "hm")
        #expect(snapshot.unit(of: "dm", on: after, kind: .province)?.code == "qn")
        #expect(snapshot.unit(of: "dm", on: try SmallFolder.day("1999-12-31")) == nil)
        #expect(snapshot.villages(of: "hm", on: before).isEmpty)
        #expect(snapshot.villages(of: "hm", on: after).map(\.code) == ["dm", "pl"])
        #expect(snapshot.villages(of: "dv-old", on: before).map(\.code) == ["pl"])
        #expect(snapshot.villages(of: "dv-old", on: after).isEmpty)
    }

    @Test func `names come back byte for byte, composed or not`() throws {
        let composed = "Ho\u{E0}nh M\u{F4}"
        let decomposed = "Hoa\u{300}nh Mo\u{302}"
        let database = try RegistryDatabase.inMemory()
        let text = "code,name\na,\(composed)\nb,\(decomposed)\n"
        _ = try database.importFiles(
            [SmallFolder.file("villages.csv", text)],
            by: "test",
            at: SmallFolder.now
        )
        let names = try database.snapshot().villages.map { Array($0.name.utf8) }
        #expect(names == [Array(composed.utf8), Array(decomposed.utf8)])
    }

    @Test func `values made by hand are sorted and found`() {
        let snapshot = RegistrySnapshot(
            villages: [.init(code: "b", name: "B"), .init(code: "a", name: "A")],
            devices: [
                .init(code: "d", address: "AA-BB-CC-DD-EE-FF-00-11", kind: .lamp, village: "a")
            ]
        )
        #expect(snapshot.villages.map(\.code) == ["a", "b"])
        #expect(snapshot.village("b")?.name == "B")
        #expect(snapshot.device(address: "aabbccddeeff0011")?.code == "d")
    }
}
