/// What `langso store create` made.
public struct StoreCreation: Codable, Sendable {
    /// Folder of the store.
    public var folder: String
    /// Bytes for samples, in whole slots.
    public var rawTierBytes: UInt64
    /// Bytes of each rollup tier by its name, as `5m`, in whole slots.
    public var rollupBytes: [String: UInt64]
    /// How many series may exist.
    public var maximumSeries: Int
    /// Bytes of all files.
    public var fileBytes: UInt64
    /// What the settings file must say.
    public var settings: String
}
