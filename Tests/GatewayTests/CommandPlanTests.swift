import Commands
import Decoding
@testable import Gateway
import Registry
import Telemetry
import TestKit
import Testing
import WebServer

/// Which devices a command means, and how long each has for its report.
struct CommandPlanTests {
    private static let now = GatewayUnderTest.midnight
    private static let day = CivilDate(now, offset: .hours(7))

    /// A lamp by LoRaWAN of which the maker says neither how often nor how fast it reports.
    private static let profile = """
        id: own-lamp
        manufacturer: Test
        model: L1
        title: Lamp
        kind: lamp
        source: made for tests
        families: [chirpstack]
        commands:
          source: made for tests
          switch_on: {confirms: lamp.on, send: [{port: 20, bytes: "01"}]}
        messages:
          - {port: 10, bytes: [{quantity: lamp.on, at: 0, type: u8}]}
        """

    private static func library() throws -> ProfileLibrary {
        try ProfileLibrary(folder: [ProfileText(file: "own-lamp", text: profile)])
    }

    /// Two lamps of one feeder.
    private static func database(_ folder: TemporaryFolder) throws -> RegistryDatabase {
        let database = try RegistryDatabase(path: folder.path(of: "registry.sqlite"))
        let files = [
            ("villages.csv", "code,name\nv1,Bản Nà Ếch\n"),
            ("feeders.csv", "code,name,village\nF1,Tủ 1,v1\n"),
            (
                "devices.csv",
                """
                code,address,kind,profile,village,feeder
                den-1,70b3d57ed0061a31,lamp,own-lamp,v1,F1
                den-2,70b3d57ed0061a32,lamp,own-lamp,v1,F1

                """
            ),
        ].map { RegistryFile(name: $0, bytes: Array($1.utf8)) }
        let report = try database.importFiles(files, by: "An", at: now)
        try #require(report.refused.isEmpty, "\(report)")
        return database
    }

    private static func plan(
        _ database: RegistryDatabase,
        device: String? = nil,
        limits: CommandLimits = CommandLimits()
    ) throws -> CommandPlan {
        var request = CommandRequest(action: "switch_on", reason: "thử đèn")
        if let device { request.device = device } else { request.match = #"{feeder="F1"}"# }
        let library = try library()
        return try CommandPlan(request, database.snapshot().knowing(library), library, limits)
    }

    @Test func `a retired device is told nothing, and counts nowhere`() throws {
        let folder = try TemporaryFolder("langso-plan")
        defer { withExtendedLifetime(folder) {} }
        let database = try Self.database(folder)
        let limits = CommandLimits(devices: 1)
        #expect(throws: CommandRefusal.self) {
            try Self.plan(database, limits: limits).devices(on: Self.day)
        }
        let change = DeviceChange("den-2", .retire, since: Self.now, by: "An", reason: "gãy cột")
        _ = try database.apply(change, at: Self.now)
        let devices = try Self.plan(database, limits: limits).devices(on: Self.day)
        #expect(devices.map(\.code) == ["den-1"])
        let error = #expect(throws: CommandRefusal.self) {
            try Self.plan(database, device: "den-2").devices(on: Self.day)
        }
        #expect(error?.description == #"the device "den-2" is retired"#)
    }

    @Test func `a device that is known to report seldom has longer for its report`() throws {
        let folder = try TemporaryFolder("langso-plan")
        defer { withExtendedLifetime(folder) {} }
        let database = try Self.database(folder)
        try database.note(learnedIntervals: ["den-2": .hours(1)])
        let plan = try Self.plan(database)
        let filter = "application/+/device/+/event/+"
        let parsed = TopicFilter(filter)
        let rule = SubscriptionRule(topicFilter: try #require(parsed), family: .chirpstack)
        let devices = try plan.devices(on: Self.day)
        let routes = Dictionary(
            uniqueKeysWithValues: devices.map { device in
                let address = device.address ?? ""
                let topic = "application/a/device/\(address)/event/up"
                let payload = Array("{}".utf8)
                return (
                    device.code,
                    DeviceRoute(rule, topic: topic, payload: payload, address: address)
                )
            }
        )
        let command = try plan.command(devices, routes, id: 1, by: "An", at: Self.now)
        let deadlines = command.orders.map { Milliseconds($0.deadlineMilliseconds) }
        #expect(deadlines == [CommandLimits.radioDeadline, .minutes(121)])
        // The network server drops it when no report of it counts any more.
        let ends = [20, 131].map { (Self.now + .minutes($0)).rfc3339 }
        for (order, end) in zip(command.orders, ends) {
            #expect(order.messages[0].text?.contains(#""expiresAt":"\#(end)""#) == true)
        }
    }
}
