import Foundation
@testable import Ingest
import Telemetry
import TestKit
import Testing

/// The file that says which samples were stored again and are right.
@Suite struct RetakenFileTests {
    @Test func `the file is whole or refused`() throws {
        let parts: [RetakenFile.Part] = [
            .init(
                labels: ["__name__": "water_level_metres", "device": "Bể-1"],
                box: "boxes/bể",
                times: []
            ),
            .init(
                labels: ["__name__": "lamp_power_watts"],
                box: "24e124713b492805",
                times: [.init(milliseconds: -1), .init(milliseconds: .max)]
            ),
        ]
        let file = RetakenFile(parts, reach: .init(milliseconds: 7))
        let bytes = file.bytes
        #expect(RetakenFile(bytes: bytes) == file && file.parts == parts)
        #expect(RetakenFile(bytes: RetakenFile([]).bytes) == RetakenFile([]))
        for length in 0..<bytes.count {
            #expect(RetakenFile(bytes: Array(bytes[..<length])) == nil)
        }
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            #expect(RetakenFile(bytes: changed) == nil)
        }
    }

    @Test func `a damaged file is an error that says what to do`() throws {
        let folder = try TemporaryFolder("langso-retaken")
        do {
            var data = try IngestFolder(folder)
            try data.storage.pipeline.checkpoint(at: IngestFolder.now)
        }
        let path = folder.path(of: "data/\(IngestPipeline.retakenFile)")
        try Data([1, 2, 3]).write(to: URL(filePath: path))
        #expect(throws: IngestError.damagedRetaken(path: path)) {
            _ = try IngestFolder(folder)
        }
        #expect("\(IngestError.damagedRetaken(path: path))".contains("remove it"))
    }
}
