import RingStore

/// The real file calls on a file system that claims to have next to nothing free.
struct FullDisk: FileCalls {
    static let availableBytes = 1000

    func availableBytes(at path: String) -> Int { Self.availableBytes }
}
