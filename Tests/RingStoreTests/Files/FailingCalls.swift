import Glibc
import RingStore
import Synchronization

/// File calls that fail once, at a chosen call, as a disk does: a failed wait for the disk loses
/// everything that was written since the last one.
final class FailingCalls: FileCalls {
    /// The calls that can be made to fail.
    enum Call: Hashable, Sendable {
        case write
        case synchronizeData
        case synchronize
        case allocate
        case rename
    }

    private struct State {
        var countdown: Int?
        var calls: Set<Call> = []
        var code: Int32 = EIO
        var unsynchronized: [(offset: UInt64, bytes: [UInt8])] = []
    }

    private let state = Mutex(State())
    private let system = SystemFileCalls()
    private let space: Int?

    /// - Parameter space: What the file system claims to have free, or nil for the truth.
    init(space: Int? = nil) {
        self.space = space
    }

    /// Makes the call after `count` more of some kinds fail.
    func fail(after count: Int, of calls: Set<Call>, code: Int32 = EIO) {
        state.withLock {
            $0.countdown = count
            $0.calls = calls
            $0.code = code
        }
    }

    /// Whether the fault is still to come; takes it away.
    func clear() -> Bool {
        state.withLock {
            let isPending = $0.countdown != nil
            $0.countdown = nil
            return isPending
        }
    }

    private func fault(_ call: Call) -> Int? {
        state.withLock {
            guard let left = $0.countdown, $0.calls.contains(call) else { return nil }
            $0.countdown = left > 0 ? left - 1 : nil
            return left > 0 ? nil : -Int($0.code)
        }
    }

    func write(_ descriptor: Int32, _ bytes: RawSpan, at offset: UInt64) -> Int {
        var before = [UInt8](repeating: 0, count: bytes.byteCount)
        let count = unsafe before.withUnsafeMutableBytes { memory in
            unsafe system.read(descriptor, into: memory, at: offset)
        }
        let known = Array(before.prefix(max(0, count)))
        state.withLock { state in state.unsynchronized.append((offset: offset, bytes: known)) }
        guard let fault = fault(.write) else {
            return system.write(descriptor, bytes, at: offset)
        }
        _ = system.write(descriptor, bytes.extracting(first: bytes.byteCount / 2), at: offset)
        return fault
    }

    func synchronizeData(_ descriptor: Int32) -> Int {
        let lost = state.withLock { state in
            defer { state.unsynchronized.removeAll() }
            return state.unsynchronized
        }
        guard let fault = fault(.synchronizeData) else { return system.synchronizeData(descriptor) }
        for write in lost.reversed() {
            let bytes = write.bytes
            _ = unsafe system.write(descriptor, bytes.span.bytes, at: write.offset)
        }
        return fault
    }

    func synchronize(_ descriptor: Int32) -> Int {
        fault(.synchronize) ?? system.synchronize(descriptor)
    }

    func allocate(_ descriptor: Int32, sizeBytes: UInt64) -> Int {
        fault(.allocate) ?? system.allocate(descriptor, sizeBytes: sizeBytes)
    }

    func rename(_ path: String, to newPath: String) -> Int {
        fault(.rename) ?? system.rename(path, to: newPath)
    }

    func availableBytes(at path: String) -> Int {
        space ?? system.availableBytes(at: path)
    }
}
