@testable import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

/// The series that are known of one device.
@Suite struct DeviceSlotTests {
    private static let mark = DeviceSlot.Mark(name: "langso_doubtful_reading", reason: "spike")

    private static func slot(_ store: inout RingStore) throws -> (DeviceSlot, [SeriesID]) {
        var slot = DeviceSlot(labels: ["device": "d"])
        var series: [SeriesID] = []
        for (index, key) in keys.enumerated() {
            let id = try store.series(for: ["__name__": "s", "n": "\(index)"])
            series.append(id)
            slot.note(
                .init(quantity: key.0, channel: key.1, mark: key.2, series: id, place: nil)
            )
        }
        return (slot, series)
    }

    private static var keys: [(String, String?, DeviceSlot.Mark?)] {
        [
            ("air.temperature", nil, nil), ("air.temperature", "1", nil),
            ("air.temperature", "2", nil), ("air.temperature", nil, mark),
            ("air.temperature", "1", mark),
            ("air.temperature", nil, .init(name: mark.name, reason: "flat_line")),
            ("air.temperature", nil, .init(name: "langso_rejected_reading", reason: "spike")),
            ("air.humidity", nil, nil),
        ]
    }

    @Test func `quantity, channel and mark together tell series apart, in any order`() throws {
        var folder = try IngestFolder(try TemporaryFolder("langso-slot"))
        var (slot, series) = try Self.slot(&folder.storage.pipeline.store)
        #expect(Set(series).count == Self.keys.count)
        var generator = SeededGenerator.forTest()
        for _ in 0..<20 {
            if Bool.random(using: &generator) { slot.begin() }
            for index in Self.keys.indices.shuffled(using: &generator) {
                let (quantity, channel, mark) = Self.keys[index]
                #expect(slot.known(quantity, channel, mark) == series[index])
            }
        }
        #expect(slot.known("air.humidity", "1", nil) == nil)
        #expect(slot.known("air.humidity", nil, Self.mark) == nil)
        slot.relabel(["device": "e"])
        #expect(slot.known("air.humidity", nil, nil) == nil, "it has other series elsewhere")
    }
}
