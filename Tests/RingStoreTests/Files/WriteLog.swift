import Glibc
import RingStore
import Synchronization

/// File calls that do what they are told and keep a log of it, from which every state that a crash
/// could have left on the disk can be made.
final class WriteLog: FileCalls {
    /// What was done to the one file.
    enum Entry: Sendable {
        case write(offset: Int, bytes: [UInt8])
        case synchronized
        /// Something the test wants to find again, such as a finished checkpoint.
        case mark(UInt64)
    }

    private let log = Mutex<[Entry]>([])
    private let failureCountdown = Mutex<Int?>(nil)
    private let system = SystemFileCalls()

    /// Everything so far, in order.
    var entries: [Entry] { log.withLock { $0 } }

    /// Makes the wait for the disk after `count` more tell of a failure, although all that was
    /// written is on the disk: nobody above can know.
    func failSynchronization(after count: Int) {
        failureCountdown.withLock { $0 = count }
    }

    /// Puts a mark at the end.
    func mark(_ number: UInt64) {
        log.withLock { $0.append(.mark(number)) }
    }

    func write(_ descriptor: Int32, _ bytes: RawSpan, at offset: UInt64) -> Int {
        let copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        log.withLock { $0.append(.write(offset: Int(offset), bytes: copy)) }
        return system.write(descriptor, bytes, at: offset)
    }

    func synchronizeData(_ descriptor: Int32) -> Int {
        let result = system.synchronizeData(descriptor)
        log.withLock { $0.append(.synchronized) }
        let isFailing = failureCountdown.withLock { countdown in
            guard let left = countdown else { return false }
            countdown = left > 0 ? left - 1 : nil
            return left == 0
        }
        return isFailing ? -Int(EIO) : result
    }
}

/// What a disk holds, and what is still on the way to it.
struct DiskImage: Sendable {
    /// Bytes that are on the disk for certain.
    private(set) var bytes: [UInt8]
    /// Writes that a crash may undo, wholly or in part, in any order.
    private(set) var pending: [(offset: Int, bytes: [UInt8])] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func write(_ offset: Int, _ bytes: [UInt8]) {
        pending.append((offset: offset, bytes: bytes))
    }

    mutating func synchronize() {
        for write in pending { Self.put(write.bytes[...], at: write.offset, &bytes) }
        pending.removeAll()
    }

    /// The disk when writes arrive in order and the last one is cut at a byte.
    func torn(after byteCount: Int) -> [UInt8] {
        var image = bytes
        for (index, write) in pending.enumerated() {
            let isLast = index == pending.count - 1
            Self.put(write.bytes.prefix(isLast ? byteCount : .max), at: write.offset, &image)
        }
        return image
    }

    /// The disk when each 512 bytes of what was not waited for arrived or did not, by chance.
    func scattered(_ generator: inout some RandomNumberGenerator) -> [UInt8] {
        var image = bytes
        for write in pending {
            for start in stride(from: 0, to: write.bytes.count, by: 512) {
                guard Bool.random(using: &generator) else { continue }
                let sector = write.bytes[start..<min(start + 512, write.bytes.count)]
                Self.put(sector, at: write.offset + start, &image)
            }
        }
        return image
    }

    private static func put(_ part: ArraySlice<UInt8>, at offset: Int, _ image: inout [UInt8]) {
        image.replaceSubrange(offset..<offset + part.count, with: part)
    }
}
