/// All files and names of a simulated disk, with what of them would survive a power cut.
///
/// A file's bytes survive from the wait for that file on, its name from the wait for its folder
/// on. Of everything that was not waited for, any part may survive. Names are paths without the
/// place of the disk, such as `data/store`; the top folder is the empty name.
public struct DiskState: Sendable {
    private enum Node: Hashable, Sendable {
        case folder
        case file(Int)
    }

    /// A change of names that happens as a whole or not at all.
    private struct NameChange: Sendable {
        var removed: String?
        var added: String?
        var node: Node?

        func apply(to names: inout [String: Node]) {
            if let removed { names[removed] = nil }
            if let added { names[added] = node }
        }

        func concerns(_ folder: String) -> Bool {
            [removed, added].contains { $0.map(DiskState.folder) == folder }
        }
    }

    private var files: [Int: DiskFile] = [:]
    private var nextFile = 0
    private var names: [String: Node] = ["": .folder]
    private var durableNames: [String: Node] = ["": .folder]
    private var pendingNames: [NameChange] = []

    /// An empty disk.
    public init() {}

    /// Names of all folders, each after the one that it lies in.
    public var folders: [String] {
        names.filter { $0.value == .folder }.keys.sorted()
    }

    /// Names in a folder, sorted.
    public func names(in folder: String) -> [String] {
        names.keys.filter { !$0.isEmpty && Self.folder(of: $0) == folder }
            .map { folder.isEmpty ? $0 : String($0.dropFirst(folder.utf8.count + 1)) }
            .sorted()
    }

    /// Whether there is a folder of a name.
    func isFolder(_ name: String) -> Bool { names[name] == .folder }

    /// The number of the file that has a name, or nil.
    func file(named name: String) -> Int? {
        guard case .file(let file) = names[name] else { return nil }
        return file
    }

    /// What readers get from a file.
    func bytes(of file: Int) -> [UInt8] { files[file]?.seen ?? [] }

    /// Bytes of the file that has a name, or nil.
    public func bytes(named name: String) -> [UInt8]? { file(named: name).map(bytes) }

    /// The folder that a name lies in.
    static func folder(of name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
    }

    /// Changes bits of a file, wherever they lie.
    ///
    /// - Precondition: the file is there and as long.
    public mutating func flip(_ name: String, at place: Int, by mask: UInt8) {
        guard let file = file(named: name) else { preconditionFailure("no file \(name)") }
        files[file]?.flip(place, by: mask)
    }

    /// Does something, as far as it can be done.
    ///
    /// - Precondition: it names files and folders that are there.
    public mutating func apply(_ operation: DiskOperation) {
        switch operation {
        case .create(let name):
            files[nextFile] = DiskFile()
            change(NameChange(added: name, node: .file(nextFile)))
            nextFile += 1
        case .createFolder(let name): change(NameChange(added: name, node: .folder))
        case .write(let file, let offset, let bytes):
            files[file]?.change(.write(offset: offset, bytes: bytes))
        case .resize(let file, let count): files[file]?.change(.resize(count))
        case .synchronize(let file): files[file]?.synchronize()
        case .lose(let file, let seed):
            var generator = SeededGenerator(seed: seed)
            files[file]?.lose(using: &generator)
        case .synchronizeFolder(let folder): synchronizeNames(in: folder)
        case .rename(let name, let newName):
            change(NameChange(removed: name, added: newName, node: names[name]))
        case .remove(let name): change(NameChange(removed: name))
        case .powerCut(let seed):
            var generator = SeededGenerator(seed: seed)
            self = afterPowerCut(using: &generator)
        case .mark: break
        }
    }

    /// The disk as a power cut leaves it; all of it is on the disk for certain.
    public func afterPowerCut(using generator: inout SeededGenerator) -> DiskState {
        var state = DiskState()
        state.nextFile = nextFile
        state.names = durableNames
        // A file system may take changes of names over at any time, mostly all or none.
        let share = Int.random(in: 0...2, using: &generator)
        for change in pendingNames {
            let isKept = share == 2 || share == 1 && Bool.random(using: &generator)
            if isKept { change.apply(to: &state.names) }
        }
        for name in state.names.keys.sorted() where !name.isEmpty {
            guard state.names[Self.folder(of: name)] == .folder else {
                state.names[name] = nil
                continue
            }
            guard case .file(let file) = state.names[name] else { continue }
            state.files[file] = files[file]?.afterPowerCut(using: &generator)
        }
        state.durableNames = state.names
        return state
    }

    private mutating func change(_ change: NameChange) {
        change.apply(to: &names)
        pendingNames.append(change)
    }

    private mutating func synchronizeNames(in folder: String) {
        for change in pendingNames where change.concerns(folder) {
            change.apply(to: &durableNames)
        }
        pendingNames.removeAll { $0.concerns(folder) }
    }
}
