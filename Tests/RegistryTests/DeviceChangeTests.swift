import ConfigurationText
import GRDB
import Telemetry
import TestKit
import Testing

@testable import Registry

/// Devices that are replaced, moved, retired and merged.
struct DeviceChangeTests {
    private static let now = SmallFolder.now
    private static let noon = now - .days(2)

    private static func change(
        _ device: String,
        _ action: DeviceChange.Action,
        since: Instant = noon
    ) -> DeviceChange {
        DeviceChange(device, action, since: since, by: "Hoàng Thị Lan", reason: "hỏng")
    }

    private func refusal(
        _ database: RegistryDatabase,
        _ change: DeviceChange
    ) -> String {
        do throws(RegistryError) {
            let report = try database.apply(change, at: Self.now)
            return "taken: \(report)"
        } catch {
            return "\(error)"
        }
    }

    @Test func `a replaced box stays on record, and its place has the new one`() throws {
        let database = try SmallFolder.database()
        let box = DeviceChange.Box(address: "A8-40-41-00-00-00-00-99", profile: "p-new")
        let report = try database.apply(Self.change("l1", .replace(box)), at: Self.now)
        #expect(report.isWritten)
        #expect(
            report.differences == [
                .init(column: "address", before: "a840410000000001", after: "a840410000000099"),
                .init(column: "profile", before: "p-lamp", after: "p-new"),
            ]
        )
        let registry = try database.snapshot()
        let spans = registry.installations(of: "l1")
        #expect(spans.map(\.device.address) == ["a840410000000001", "a840410000000099"])
        #expect(spans.map(\.device.profile) == ["p-lamp", "p-new"])
        #expect(spans.map(\.from) == [nil, Self.noon] && spans.map(\.until) == [Self.noon, nil])
        #expect(spans.allSatisfy { $0.device.feeder == "f1" && $0.counterOffsets.isEmpty })
        let ended = try #require(registry.endedInstallations(of: "l1").first)
        #expect(ended.person == "Hoàng Thị Lan" && ended.reason == "hỏng")
        #expect(ended.ending == .replaced)
        let log = try database.auditLog(limit: 2)
        #expect(log.allSatisfy { $0.person == "Hoàng Thị Lan" && $0.count.file == "replace l1" })
    }

    @Test func `a counter goes on from meter to meter`() throws {
        let database = try SmallFolder.database()
        // The folder has one exchange on record: 812.5 against 3.
        let box = DeviceChange.Box(
            address: "m-new",
            lastIndices: ["water.volume": 40],
            firstIndices: ["water.volume": 0.5]
        )
        let report = try database.apply(Self.change("m1", .replace(box)), at: Self.now)
        #expect(report.counterOffsets == ["water.volume": 809.5 + 39.5])
        let offsets = try database.snapshot().installations(of: "m1").map(\.counterOffsets)
        #expect(
            offsets == [
                [:], ["water.volume": 809.5], ["water.volume": 809.5], ["water.volume": 849],
            ]
        )
    }

    @Test func `a dry run says the same and writes nothing`() throws {
        let database = try SmallFolder.database()
        let before = try database.snapshot().everything
        let place = DeviceChange.Place(village: "pl")
        let change = Self.change("b1", .move(place))
        let dry = try database.apply(change, at: Self.now, isDryRun: true)
        #expect(!dry.isWritten)
        #expect(try database.snapshot().everything == before)
        let done = try database.apply(change, at: Self.now)
        #expect(done.differences == dry.differences && done.isWritten)
    }

    @Test func `in another village what belonged to the old one is gone unless it is named`()
        throws
    {
        let database = try SmallFolder.database()
        let place = DeviceChange.Place(village: "pl", feeder: "f2")
        _ = try database.apply(Self.change("l1", .move(place)), at: Self.now)
        let registry = try database.snapshot()
        let device = try #require(registry.device("l1"))
        #expect(device.village == "pl" && device.feeder == "f2" && device.position == nil)
        #expect(device.address == "a840410000000001" && device.expectedInterval == .minutes(15))
        #expect(registry.installations(of: "l1").map(\.device.feeder) == ["f1", "f2"])
        // A site brings its village.
        let back = DeviceChange.Place(site: "cho")
        let later = Self.change("l1", .move(back), since: Self.noon + .hours(1))
        _ = try database.apply(later, at: Self.now)
        #expect(try database.snapshot().device("l1")?.village == "dm")
    }

    @Test func `a retired device is out of service, and its box free for another place`() throws {
        let database = try SmallFolder.database()
        _ = try database.apply(Self.change("l1", .retire), at: Self.now)
        var registry = try database.snapshot()
        #expect(registry.retirement(of: "l1") == Self.noon)
        #expect(!registry.devicesInService.contains { $0.code == "l1" })
        #expect(registry.device("l1") != nil, "it stays in history and exports")
        #expect(registry.installations(of: "l1").map(\.until) == [Self.noon])
        let box = DeviceChange.Box(address: "a840410000000001")
        let early = Self.change("l2", .replace(box), since: Self.noon - .hours(1))
        #expect(refusal(database, early).contains("was at \"l1\" until"))
        let later = Self.change("l2", .replace(box), since: Self.noon + .hours(1))
        _ = try database.apply(later, at: Self.now)
        // Another box puts the retired one in service again.
        let fresh = DeviceChange.Box(address: "a840410000000077")
        let again = Self.change("l1", .replace(fresh), since: Self.noon + .hours(2))
        _ = try database.apply(again, at: Self.now)
        registry = try database.snapshot()
        #expect(registry.retirement(of: "l1") == nil)
        #expect(
            registry.installations(of: "l1").map(\.device.address) == [
                "a840410000000001", nil, "a840410000000077",
            ]
        )
    }

    @Test func `a box that was registered twice goes on as the other device`() throws {
        let database = try SmallFolder.database()
        let file = SmallFolder.file(
            "devices.csv",
            "code,address,kind,profile,village\nm2,m-two,water_meter,p-meter,dm\n"
        )
        _ = try database.importFiles([file], by: "test", at: Self.now)
        _ = try database.apply(Self.change("m2", .merge(into: "m1")), at: Self.now)
        let registry = try database.snapshot()
        #expect(registry.device("m1")?.address == "m-two")
        #expect(registry.device("m1")?.profile == "p-meter")
        #expect(registry.device("m1")?.village == "pl", "the place stays its own")
        #expect(registry.retirement(of: "m2") == Self.noon)
        #expect(registry.endedInstallations(of: "m2").last?.successor == "m1")
        #expect(registry.installations(of: "m1").last?.from == Self.noon)
    }

    @Test(arguments: [
        (Self.change("nobody", .retire), "the registry has no device \"nobody\""),
        (Self.change("l1", .retire, since: Self.now + .hours(1)), "lies in the future"),
        (Self.change("m1", .retire, since: Instant(milliseconds: 0)), "give a later time"),
        (Self.change("l1", .move(.init(village: "dm"))), "nothing would be another"),
        (Self.change("l1", .move(.init(village: "xx"))), "\"xx\" is not known"),
        (Self.change("l1", .move(.init(site: "xx"))), "no site \"xx\""),
        (Self.change("l1", .move(.init(village: "pl", site: "cho"))), "is in the village \"dm\""),
        (Self.change("l1", .replace(.init())), "nothing would be another"),
        (Self.change("m1", .replace(.init(profile: "p"))), "name the address of the new one"),
        (Self.change("l1", .replace(.init(address: "bin/7"))), "is at \"b1\""),
        (Self.change("l1", .replace(.init(address: "a b"))), "is not an address"),
        (Self.change("l1", .replace(.init(address: ""))), "its address is empty"),
        (
            Self.change("l1", .replace(.init(address: "x", lastIndices: ["lamp.energy": 1]))),
            "give both of each"
        ),
        (
            Self.change(
                "l1",
                .replace(
                    .init(
                        address: "x",
                        lastIndices: ["lamp.power": 1],
                        firstIndices: ["lamp.power": 1]
                    )
                )
            ),
            "is no counter"
        ),
        (
            Self.change(
                "l1",
                .replace(
                    .init(
                        address: "x",
                        lastIndices: ["lamp.energy": 1],
                        firstIndices: ["lamp.energy": -1]
                    )
                )
            ),
            "is no index of lamp.energy"
        ),
        (Self.change("l1", .merge(into: "l1")), "cannot become itself"),
        (Self.change("l1", .merge(into: "l2")), "they are two boxes"),
        (Self.change("l1", .merge(into: "m1")), "not the same thing"),
    ])
    func `what cannot be right is refused, and nothing is written`(
        change: DeviceChange,
        words: String
    ) throws {
        let database = try SmallFolder.database()
        let before = try database.snapshot().everything
        let said = refusal(database, change)
        #expect(said.hasPrefix("cannot \(change.verb) \(change.device): "), "\(said)")
        #expect(said.contains(words), "\(said)")
        #expect(try database.snapshot().everything == before)
    }

    @Test func `a change without a person or a reason is refused`() throws {
        let database = try SmallFolder.database()
        #expect(throws: RegistryError.invalidPerson(bytes: 0)) {
            try database.apply(
                DeviceChange("l1", .retire, since: Self.noon, by: "", reason: "x"),
                at: Self.now
            )
        }
        let silent = DeviceChange("l1", .retire, since: Self.noon, by: "An", reason: "")
        #expect(refusal(database, silent).contains("reason: "))
    }

    // MARK: Files of before

    @Test func `a registry of the version before installations keeps what it has`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "registry.db")
        let older = try DatabaseQueue(path: path)
        try RegistrySchema.migrator.migrate(older, upTo: "1")
        try older.write {
            try $0.execute(
                sql: """
                    INSERT INTO villages (code, name) VALUES ('dm', 'Đồng Mô');
                    INSERT INTO devices (code, kind, village, address, simulated)
                    VALUES ('b9', 'bin', 'dm', 'box', 0);
                    """
            )
        }
        try older.close()
        let database = try RegistryDatabase(path: path)
        #expect(try database.snapshot().installations(of: "b9").map(\.device.address) == ["box"])
        _ = try database.apply(Self.change("b9", .retire), at: Self.now)
        #expect(try database.snapshot().retirement(of: "b9") == Self.noon)
    }

    @Test func `a folder that is imported at each start does not bring the old box back`() throws {
        let database = try SmallFolder.database()
        let box = DeviceChange.Box(address: "new-box")
        _ = try database.apply(Self.change("b1", .replace(box)), at: Self.now)
        _ = try database.apply(Self.change("l1", .move(.init(village: "pl"))), at: Self.now)
        _ = try database.apply(Self.change("l2", .retire), at: Self.now)
        let before = try database.snapshot().everything
        let report = try database.importFiles(SmallFolder.files, by: "test", at: Self.now)
        let words = report.refused.map(\.description).joined(separator: "\n")
        #expect(report.refused.map(\.field) == ["village", "address", "address"], "\(words)")
        #expect(words.contains("when it was replaced") && words.contains("when it was moved"))
        #expect(words.contains("out of service since"))
        #expect(try database.snapshot().everything == before)
        // One that says the same as the registry is right.
        let line = "code,address,kind,village,name\nb1,new-box,bin,dm,Thùng 1\n"
        let good = try database.importFiles(
            [SmallFolder.file("devices.csv", line)],
            by: "test",
            at: Self.now
        )
        #expect(good.refused.isEmpty && good.changedAnything)
    }

    /// What changes within a village, or of a box that stays, is no more undone than the rest.
    @Test(arguments: [
        ("feeder", DeviceChange.Action.move(.init(feeder: "f2"))),
        ("zone", .move(.init(zone: "z1"))),
        ("latitude", .move(.init(position: .init(latitude: 21.52, longitude: 107.492)))),
        ("profile", .replace(.init(profile: "p-new"))),
        ("parameters", .replace(.init(parameters: ["bin_depth": 900]))),
    ])
    func `a folder does not undo what a change gave any column`(
        column: String,
        action: DeviceChange.Action
    ) throws {
        let database = try SmallFolder.database()
        _ = try database.apply(Self.change("l1", action), at: Self.now)
        let before = try database.snapshot().everything
        let report = try database.importFiles(SmallFolder.files, by: "test", at: Self.now)
        let words = report.refused.map(\.description).joined(separator: "\n")
        #expect(report.refused.map(\.field) == [column], "\(words)")
        #expect(words.contains("is what the device had until"))
        #expect(try database.snapshot().everything == before)
    }

    @Test func `a place has its position as of its time`() throws {
        let database = try SmallFolder.database()
        let place = DeviceChange.Place(position: .init(latitude: 21.52, longitude: 107.5))
        _ = try database.apply(Self.change("l1", .move(place)), at: Self.now)
        let spans = try database.snapshot().installations(of: "l1")
        #expect(spans.map(\.device.position?.latitude) == [21.511, 21.52])
    }

    @Test func `a change has the messages of its boxes taken again, until that is done`() throws {
        let database = try SmallFolder.database()
        try database.forget(pendingRetakings: database.pendingRetakings())
        let box = DeviceChange.Box(address: "new-box")
        _ = try database.apply(Self.change("b1", .replace(box)), at: Self.now, isDryRun: true)
        #expect(try database.pendingRetakings().isEmpty)
        _ = try database.apply(Self.change("b1", .replace(box)), at: Self.now)
        let pending = try database.pendingRetakings()
        #expect(pending.boxes == ["bin/7": Self.noon, "new-box": Self.noon])
        let later = Self.change("b1", .retire, since: Self.noon + .hours(1))
        _ = try database.apply(later, at: Self.now)
        let both = try database.pendingRetakings()
        #expect(both.boxes == pending.boxes, "the earlier time counts")
        try database.forget(pendingRetakings: pending)
        #expect(try database.pendingRetakings().boxes == ["new-box": Self.noon], "noted meanwhile")
        try database.forget(pendingRetakings: both)
        #expect(try database.pendingRetakings().isEmpty)
        // A change that is refused leaves nothing.
        _ = refusal(database, Self.change("l1", .retire, since: Self.now + .hours(1)))
        #expect(try database.pendingRetakings().isEmpty)
    }

    @Test func `from its retirement until a box comes again a device is not in service`() throws {
        let database = try SmallFolder.database()
        _ = try database.apply(Self.change("l1", .retire), at: Self.now)
        let box = DeviceChange.Box(address: "new-box")
        let again = Self.change("l1", .replace(box), since: Self.noon + .hours(2))
        _ = try database.apply(again, at: Self.now)
        var registry = try database.snapshot()
        #expect(registry.installations(of: "l1").map(\.isInService) == [true, false, true])
        #expect(registry.boxSince(of: "l1") == Self.noon + .hours(2))
        let move = DeviceChange.Place(village: "pl")
        let moved = Self.change("l1", .move(move), since: Self.noon + .hours(3))
        _ = try database.apply(moved, at: Self.now)
        registry = try database.snapshot()
        #expect(registry.boxSince(of: "l1") == Self.noon + .hours(2), "the box went with it")
        #expect(registry.boxSince(of: "l2") == nil)
    }

    @Test func `an installation is imported with a time, a known word and matching indices`() throws
    {
        for (line, words) in [
            ("l1,2026-01-01,replaced,dm,,,An,x", "is not a time with an offset"),
            ("l1,2099-01-01T00:00:00Z,moved,dm,,,An,x", "lies in the future"),
            ("l1,2026-01-01T00:00:00Z,lost,dm,,,An,x", "is not one of replaced"),
            ("l1,2026-01-01T00:00:00Z,moved,dm,water.volume=1,water.volume=0,An,x", "leave it"),
            ("l1,2026-01-01T00:00:00Z,replaced,dm,water.volume=1,,An,x", "give both of each"),
        ] {
            let report = try SmallFolder.importing(
                "installations.csv",
                "device,until,change,village,last_indices,first_indices,person,reason",
                line
            )
            let said = report.refused.map(\.description).joined()
            #expect(said.contains(words), "\(line): \(said)")
        }
    }

    private func said(_ registry: RegistrySnapshot, _ device: RegistrySnapshot.Device) -> String {
        let interval = registry.expectedInterval(of: device)
        return "\(Int(interval.span.seconds)) \(interval.source.rawValue)"
    }

    @Test func `learned intervals stay, and count where nobody gave one`() throws {
        let database = try SmallFolder.database()
        try database.note(learnedIntervals: [
            "w1": .minutes(7), "l1": .minutes(1), "gone": .minutes(2),
        ])
        try database.note(learnedIntervals: ["w1": .minutes(9)])
        var registry = try database.snapshot()
        let point = try #require(registry.device("w1"))
        let lamp = try #require(registry.device("l1"))
        #expect(said(registry, point) == "540 learned")
        #expect(said(registry, lamp) == "900 registry")
        #expect(registry.learnedIntervals.keys.sorted() == ["l1", "w1"])
        let fresh = try SmallFolder.database().snapshot()
        #expect(said(fresh, point) == "900 assumed")
        // What the maker says goes before what was learned.
        let text = "code,kind,village,profile\nw1,point,dm,p-wifi\n"
        _ = try database.importFiles(
            [SmallFolder.file("devices.csv", text)],
            by: "test",
            at: Self.now
        )
        registry = try database.snapshot()
        registry.profileIntervals = ["p-wifi": .hours(1)]
        let known = try #require(registry.device("w1"))
        #expect(said(registry, known) == "3600 profile")
    }
}
