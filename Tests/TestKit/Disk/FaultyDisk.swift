internal import Glibc
public import RingStore
internal import Synchronization

/// A disk in memory behind the store's file calls: it can lose the power at any operation, and any
/// call can be made to fail.
///
/// It remembers all that was done, so that the disk can be stopped at each operation afterwards:
/// apply ``operations`` to a ``DiskState`` one by one, and look at what a power cut leaves of it.
/// Only the store's lock is a real file, in a real folder of the same path.
///
/// What it does not know: faults of the disk's own order of writes below a finished wait, and file
/// systems that forget what was waited for.
public final class FaultyDisk: FileCalls {
    private enum Target {
        case file(Int)
        case folder(String)
    }

    private struct State {
        var disk: DiskState
        var faults = DiskFaults()
        var generator = SeededGenerator(seed: 1)
        var operations: [DiskOperation] = []
        var open: [Int32: Target] = [:]
        var nextDescriptor: Int32 = 1000
        var space: Int

        mutating func perform(_ operation: DiskOperation) {
            disk.apply(operation)
            operations.append(operation)
        }
    }

    private let root: TemporaryFolder
    private let state: Mutex<State>

    /// Makes a disk, empty or as another one was.
    ///
    /// - Parameters:
    ///   - root: The real folder that stands for its top, for locks; several disks may take turns.
    ///   - state: What is on it; ``operations`` begin empty.
    ///   - space: Bytes that it claims to have free.
    public init(_ root: TemporaryFolder, _ state: DiskState = DiskState(), space: Int = 1 << 40) {
        self.root = root
        self.state = Mutex(State(disk: state, space: space))
        for folder in state.folders where !folder.isEmpty { makeReal(folder) }
    }

    /// A disk of its own, with a real folder of its own.
    ///
    /// - Throws: what the file manager says when there can be no real folder.
    public convenience init(space: Int = 1 << 40) throws {
        self.init(try TemporaryFolder("langso-disk"), space: space)
    }

    /// The path by which a file or folder of the disk is reached.
    public func path(of name: String) -> String { root.path(of: name) }

    /// Everything on it now.
    public var contents: DiskState { state.withLock { $0.disk } }

    /// Everything that was done to it, in order.
    public var operations: [DiskOperation] { state.withLock { $0.operations } }

    /// How many there are.
    public var operationCount: Int { state.withLock { $0.operations.count } }

    /// Bytes that it claims to have free.
    public var space: Int {
        get { state.withLock { $0.space } }
        set { state.withLock { $0.space = newValue } }
    }

    /// Which calls fail from now on.
    public func fail(_ faults: DiskFaults) { state.withLock { $0.faults = faults } }

    /// Whether all calls fail, and have no effect.
    public var isDead: Bool { state.withLock { $0.faults.isDead } }

    /// Takes the faults away, and says whether the one that was asked for was still to come.
    @discardableResult
    public func clearFaults() -> Bool {
        state.withLock { state in
            defer { state.faults = DiskFaults() }
            return state.faults.isPending
        }
    }

    /// Puts a mark among the operations.
    public func mark(_ number: Int) { state.withLock { $0.perform(.mark(number)) } }

    /// Cuts the power and puts it on again; whoever has files open must let them go before.
    public func cutPower(seed: UInt64) {
        state.withLock { $0.perform(.powerCut(seed: seed)) }
    }

    // MARK: - FileCalls

    /// Opens or creates a file, or opens a folder.
    public func open(_ path: String, flags: Int32, permissions: UInt32) -> Int {
        changing(.open) { state in
            let name = self.name(of: path)
            let target: Target
            if flags & O_DIRECTORY != 0 {
                guard state.disk.isFolder(name) else { return -Int(ENOENT) }
                target = .folder(name)
            } else if let file = state.disk.file(named: name) {
                guard flags & O_EXCL == 0 else { return -Int(EEXIST) }
                target = .file(file)
            } else {
                guard flags & O_CREAT != 0, state.disk.isFolder(DiskState.folder(of: name)) else {
                    return -Int(ENOENT)
                }
                state.perform(.create(name))
                guard let file = state.disk.file(named: name) else { return -Int(ENOENT) }
                target = .file(file)
            }
            state.nextDescriptor += 1
            state.open[state.nextDescriptor] = target
            return Int(state.nextDescriptor)
        }
    }

    /// Closes a descriptor.
    public func close(_ descriptor: Int32) -> Int {
        state.withLock { $0.open[descriptor] = nil }
        return 0
    }

    /// Reads what was written last, on the disk or not.
    public func read(
        _ descriptor: Int32,
        into memory: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) -> Int {
        state.withLock { state in
            guard case .file(let file) = state.open[descriptor] else { return -Int(EBADF) }
            let bytes = state.disk.bytes(of: file)
            var count = max(0, min(memory.count, bytes.count - Int(offset)))
            switch state.faults.next(.read) {
            case .error(let code): return -Int(code)
            case .dead: return -Int(EIO)
            case .short: count = min(count, max(1, count / 2))
            case nil: break
            }
            guard count > 0 else { return 0 }
            // The caller keeps the memory alive; the array lives through the closure.
            unsafe bytes.withUnsafeBytes { source in
                unsafe memory.copyMemory(
                    from: UnsafeRawBufferPointer(
                        rebasing: source[Int(offset)..<Int(offset) + count]
                    )
                )
            }
            return count
        }
    }

    /// Writes; a write that fails has written any part.
    public func write(_ descriptor: Int32, _ bytes: RawSpan, at offset: UInt64) -> Int {
        let copy = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
        return state.withLock { state in
            guard case .file(let file) = state.open[descriptor] else { return -Int(EBADF) }
            var result = copy.count
            var count = copy.count
            switch state.faults.next(.write) {
            case .dead: return -Int(EIO)
            case .error(let code):
                result = -Int(code)
                let draw = Int.random(in: 0...copy.count, using: &state.generator)
                count = code == EINTR ? 0 : draw
            case .short:
                count = min(count, max(1, count / 2))
                result = count
            case nil: break
            }
            if count > 0 {
                let part = count == copy.count ? copy : Array(copy[..<count])
                state.perform(.write(file: file, offset: Int(offset), bytes: part))
            }
            return result
        }
    }

    /// Puts a file's bytes on the disk.
    public func synchronizeData(_ descriptor: Int32) -> Int {
        synchronize(descriptor, .synchronizeData)
    }

    /// Puts a file's bytes, or a folder's names, on the disk.
    public func synchronize(_ descriptor: Int32) -> Int {
        synchronize(descriptor, .synchronize)
    }

    /// Lengthens a file with zeros unless it is as long.
    public func allocate(_ descriptor: Int32, sizeBytes: UInt64) -> Int {
        changing(.allocate) { state in
            guard case .file(let file) = state.open[descriptor] else { return -Int(EBADF) }
            if state.disk.bytes(of: file).count < sizeBytes {
                state.perform(.resize(file: file, count: Int(sizeBytes)))
            }
            return 0
        }
    }

    /// Cuts or lengthens a file.
    public func truncate(_ descriptor: Int32, sizeBytes: UInt64) -> Int {
        changing(.truncate) { state in
            guard case .file(let file) = state.open[descriptor] else { return -Int(EBADF) }
            state.perform(.resize(file: file, count: Int(sizeBytes)))
            return 0
        }
    }

    /// Length of a file in bytes.
    public func size(_ descriptor: Int32) -> Int {
        changing(.size) { state in
            guard case .file(let file) = state.open[descriptor] else { return -Int(EBADF) }
            return state.disk.bytes(of: file).count
        }
    }

    /// Gives a file another name.
    public func rename(_ path: String, to newPath: String) -> Int {
        changing(.rename) { state in
            let name = self.name(of: path)
            guard state.disk.file(named: name) != nil else { return -Int(ENOENT) }
            state.perform(.rename(name, to: self.name(of: newPath)))
            return 0
        }
    }

    /// Takes a file's name away.
    public func remove(_ path: String) -> Int {
        changing(.remove) { state in
            let name = self.name(of: path)
            guard state.disk.file(named: name) != nil else { return -Int(ENOENT) }
            state.perform(.remove(name))
            return 0
        }
    }

    /// Makes a folder, and the real one for locks.
    public func createFolder(_ path: String, permissions: UInt32) -> Int {
        changing(.createFolder) { state in
            let name = self.name(of: path)
            guard !state.disk.isFolder(name) else { return -Int(EEXIST) }
            guard state.disk.isFolder(DiskState.folder(of: name)) else { return -Int(ENOENT) }
            state.perform(.createFolder(name))
            self.makeReal(name)
            return 0
        }
    }

    /// What the disk claims to have free.
    public func availableBytes(at path: String) -> Int { space }

    // MARK: - Parts

    private func name(of path: String) -> String {
        precondition(path.hasPrefix(root.path), "\(path) does not lie on this disk")
        return String(path.dropFirst(root.path.count).drop { $0 == "/" })
    }

    /// Locks are taken on real files.
    private func makeReal(_ folder: String) {
        _ = SystemFileCalls().createFolder(path(of: folder), permissions: 0o700)
    }

    private func changing(
        _ call: DiskFaults.Call,
        _ body: (inout State) -> Int
    ) -> Int {
        state.withLock { state in
            switch state.faults.next(call) {
            case .error(let code): return -Int(code)
            case .dead: return -Int(EIO)
            case .short, nil: return body(&state)
            }
        }
    }

    private func synchronize(_ descriptor: Int32, _ call: DiskFaults.Call) -> Int {
        state.withLock { state in
            guard let target = state.open[descriptor] else { return -Int(EBADF) }
            let fault = state.faults.next(call)
            switch (target, fault) {
            case (_, .dead): return -Int(EIO)
            case (_, .error(EINTR)): return -Int(EINTR)
            case (.file(let file), .error(let code)):
                state.perform(.lose(file: file, seed: state.generator.next()))
                return -Int(code)
            case (.folder, .error(let code)): return -Int(code)
            case (.file(let file), _): state.perform(.synchronize(file: file))
            case (.folder(let folder), _): state.perform(.synchronizeFolder(folder))
            }
            return 0
        }
    }
}
