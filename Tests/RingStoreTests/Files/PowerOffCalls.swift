import Glibc
import RingStore
import Synchronization

/// File calls that work until the power goes off: after that nothing on the disk changes any more,
/// the removal of remains among it.
final class PowerOffCalls: FileCalls {
    private let left: Mutex<Int>
    private let system = SystemFileCalls()

    /// - Parameter count: How many calls that change something still work.
    init(after count: Int) {
        left = Mutex(count)
    }

    /// Whether the power went off.
    var isOff: Bool { left.withLock { $0 < 0 } }

    private func changing(_ call: () -> Int) -> Int {
        let isOn = left.withLock { left in
            left -= 1
            return left >= 0
        }
        return isOn ? call() : -Int(EIO)
    }

    func write(_ descriptor: Int32, _ bytes: RawSpan, at offset: UInt64) -> Int {
        changing { system.write(descriptor, bytes, at: offset) }
    }

    func synchronizeData(_ descriptor: Int32) -> Int {
        changing { system.synchronizeData(descriptor) }
    }

    func synchronize(_ descriptor: Int32) -> Int { changing { system.synchronize(descriptor) } }

    func allocate(_ descriptor: Int32, sizeBytes: UInt64) -> Int {
        changing { system.allocate(descriptor, sizeBytes: sizeBytes) }
    }

    func rename(_ path: String, to newPath: String) -> Int {
        changing { system.rename(path, to: newPath) }
    }

    func remove(_ path: String) -> Int { changing { system.remove(path) } }
}
