import Foundation
@testable import Gateway
import RingStore
import Telemetry
import TestKit
import Testing

/// What stands in the way of a copy: the remains of one that was killed do not, all else does.
struct PartialCopyTests {
    private func folder(
        with names: [String]
    ) throws -> (folder: TemporaryFolder, data: String, partial: String) {
        let folder = try TemporaryFolder("langso-copy")
        let data = folder.path(of: "data")
        let store = try StoreFolder(data, settings: StoreFolder.rollupSettings)
        let start = Instant(milliseconds: 1_773_075_600_000)
        try store.write(
            (0..<200).map { hour in
                (["__name__": "up"], Sample(time: start + .hours(hour), value: Double(hour)))
            }
        )
        let partial = folder.path(of: "copy.partial")
        try FileManager.default.createDirectory(
            atPath: partial,
            withIntermediateDirectories: false
        )
        for name in names {
            try "remains".write(toFile: "\(partial)/\(name)", atomically: false, encoding: .utf8)
        }
        return (folder, data, partial)
    }

    @Test(arguments: [
        [], [PartialCopy.lockFile], ["store", "store.5m", "store.1h.new", PartialCopy.lockFile],
    ])
    func `the remains of a copy that was killed give way`(names: [String]) throws {
        let (folder, data, _) = try folder(with: names)
        let target = folder.path(of: "copy")
        let copy = try DataCopy(dataFolder: data, target: target)
        let files = ["store", "store.1d", "store.1h", "store.5m"]
        #expect(copy.files == files)
        #expect(try StorageFolder(target).names() == files)
        #expect(try StorageFolder(folder.path).names() == ["copy", "data"])
        #expect(try StoreFolder.content(target) == (try StoreFolder.content(data)))
        #expect(try StoreCheck(dataFolder: target).faultCount == 0)
    }

    @Test func `a copy that is being made is left alone`() throws {
        let (folder, data, partial) = try folder(with: ["store"])
        let target = folder.path(of: "copy")
        let lock = try DirectoryLock(folder: partial, fileName: PartialCopy.lockFile)
        let process = ProcessInfo.processInfo.processIdentifier
        #expect(throws: GatewayError.beingCopied(path: target, processID: process)) {
            _ = try DataCopy(dataFolder: data, target: target)
        }
        #expect(try StorageFolder(partial).names() == [PartialCopy.lockFile, "store"])
        withExtendedLifetime(lock.path) {}
    }

    @Test func `a folder of somebody else is left alone`() throws {
        let (folder, data, partial) = try folder(with: ["notes"])
        #expect(throws: GatewayError.alreadyThere(path: partial)) {
            _ = try DataCopy(dataFolder: data, target: folder.path(of: "copy"))
        }
        #expect(try StorageFolder(partial).names() == ["notes"])
    }
}
