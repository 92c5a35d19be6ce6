import Foundation
@testable import Gateway
import MQTT
import Registry
import RingStore
import Telemetry
import TestKit
import Testing

/// A data folder is copied whole while its gateway works, and the copy is one that a gateway takes.
@Suite(.enabled(if: BrokerProcess.program != nil)) struct DataCopyTests {
    @Test func `a running gateway's copy has everything that was committed before`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-copy")
        let rule = try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")
        var settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [rule],
            registry: [
                "units.csv": "code,name,kind\nu,Tỉnh,province\n",
                "villages.csv": "code,name\nv1,Bản 1\n",
            ]
        )
        settings.broker.clientID = "copied"
        let gateway = try await GatewayUnderTest(settings)
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        let start = GatewayRuntime.systemClock() - .hours(2)
        let send = { @Sendable (minutes: Range<Int64>) in
            for minute in minutes {
                let time = (start + .minutes(minute)).rfc3339
                let text =
                    #"{"device":"d","records":[{"time":"\#(time)","flow_l_s":\#(minute)}]}"#
                try publisher.publish(topic: "logger/d", payload: Array(text.utf8))
            }
            try publisher.flush()
        }
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        try send(0..<40)
        try await gateway.wait(forMessages: 40)
        gateway.runtime.worker.requestCheckpoint()
        let worker = gateway.runtime.worker
        try await gateway.wait("checkpoint") { worker.figures.checkpoints > 0 }
        try send(40..<60)
        try await gateway.wait(forMessages: 60)
        let target = folder.path(of: "copy")
        let data = settings.dataFolder
        let refused = #expect(throws: GatewayError.self) { _ = try StoreReport(dataFolder: data) }
        #expect("\(try #require(refused))".contains("langso store copy"))
        // Goes on while it is copied.
        let copy = try await withThrowingTaskGroup(of: DataCopy?.self) { group in
            group.addTask { try DataCopy(dataFolder: data, target: target) }
            group.addTask {
                try send(60..<80)
                return nil
            }
            var copy: DataCopy?
            for try await done in group { copy = done ?? copy }
            return try #require(copy)
        }
        publisher.stop()
        #expect(Set(copy.files).isSuperset(of: ["journal", "registry.sqlite", "store"]))
        #expect(Set(copy.files).isSuperset(of: ["store.5m", "store.1h", "store.1d"]))
        // What the store has not taken yet is told, and nothing is imported below it.
        #expect(try StoreReport(dataFolder: target).newerRecords >= 20)
        let text = folder.path(of: "samples.txt")
        let export = try SampleExport(dataFolder: target, format: .openmetrics, output: text)
        #expect(export.newerRecords >= 20)
        let behind = #expect(throws: GatewayError.self) {
            _ = try SampleImport(
                text,
                format: .openmetrics,
                dataFolder: target,
                now: GatewayRuntime.systemClock()
            )
        }
        #expect("\(try #require(behind))".contains("start and stop the gateway once"))
        #expect(copy.damagedRuns == 0 && copy.journalHead ?? 0 > copy.journalPosition)
        let check = try StoreCheck(dataFolder: target)
        #expect(check.faults.isEmpty, "\(check.faults)")
        try await gateway.stop()
        // The copy's own gateway takes the rest from the copied journal.
        settings.dataFolder = target
        settings.registryFolder = nil
        let second = try await GatewayUnderTest(settings)
        let now = GatewayRuntime.systemClock()
        let expression = "count_over_time(water_flow_cubic_metres_per_hour[3h])"
        let lines = try await second.query(expression, at: now)
        let count = lines.first?.split(separator: "=> ").last?.split(separator: " ").first
        #expect(count.flatMap { Int($0) } ?? 0 >= 60, "\(lines)")
        let villages = try second.runtime.database.snapshot().villages.map(\.name)
        #expect(villages == ["Bản 1"])
        try await second.stop()
    }

    @Test func `what was learned and the lists of messages are in the copy`() throws {
        let folder = try TemporaryFolder("langso-copy")
        let store = try StoreFolder(folder.path(of: "data"))
        let names = [
            "awaiting-codec", "dead-letters", "decoder-memory", "learned", "retaken-samples",
        ]
        for name in names {
            try StorageFolder(store.path).replace(name, with: Array(name.utf8))
        }
        let copy = try DataCopy(dataFolder: store.path, target: folder.path(of: "copy"))
        #expect(Set(copy.files).isSuperset(of: names), "\(copy.files)")
        for name in names {
            let bytes = try StorageFolder(folder.path(of: "copy")).contents(of: name)
            #expect(bytes == Array(name.utf8))
        }
    }

    @Test func `a checkpoint that is made while a store is copied is in the copy`() throws {
        let folder = try TemporaryFolder("langso-copy")
        let store = try StoreFolder(folder.path(of: "data"))
        let labels: Labels = ["__name__": "a"]
        let time = GatewayRuntime.systemClock() - .minutes(1)
        try store.write([(labels, Sample(time: time, value: 0))])
        var checkpoints: UInt64 = 1
        let copy = try DataCopy(
            dataFolder: store.path,
            target: folder.path(of: "copy")
        ) { _, _ in
            guard checkpoints < 3 else { return }
            checkpoints += 1
            let time = GatewayRuntime.systemClock()
            try? store.write([(labels, Sample(time: time, value: 1))])
        }
        #expect(copy.checkpoints == checkpoints && checkpoints > 1)
        #expect(try StoreCopy.newestCheckpoint(of: folder.path(of: "copy")) == checkpoints)
    }

    @Test func `a target that is there and a copy that fails leave everything as it was`() throws {
        let folder = try TemporaryFolder("langso-copy")
        let store = try StoreFolder(folder.path(of: "data"))
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "there"),
            withIntermediateDirectories: false
        )
        #expect(throws: GatewayError.alreadyThere(path: folder.path(of: "there"))) {
            _ = try DataCopy(dataFolder: store.path, target: folder.path(of: "there/"))
        }
        try "not a database, but long enough to be read as one".write(
            toFile: "\(store.path)/registry.sqlite",
            atomically: true,
            encoding: .utf8
        )
        #expect(throws: (any Error).self) {
            _ = try DataCopy(dataFolder: store.path, target: folder.path(of: "copy"))
        }
        #expect(throws: (any Error).self) {
            _ = try DataCopy(dataFolder: store.path, target: folder.path(of: "no/parent"))
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                == ["data", "there"]
        )
    }
}
