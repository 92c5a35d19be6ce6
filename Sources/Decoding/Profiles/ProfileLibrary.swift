public import ConfigurationText

/// A profile file as its caller read it.
public struct ProfileText: Hashable, Sendable {
    /// How messages name the file.
    public let file: String
    /// The whole text.
    public let text: String

    /// Creates a text.
    public init(file: String, text: String) {
        self.file = file
        self.text = text
    }
}

/// The device profiles that a gateway knows, each under its identifier.
public struct ProfileLibrary: Sendable {
    /// The profiles, sorted by identifier.
    public let profiles: [DeviceProfile]
    private let indexByID: [String: Int]

    /// A library without profiles.
    public static let empty = ProfileLibrary(profiles: [])

    /// Reads all profiles of a folder.
    ///
    /// - Parameter folder: the texts of its `profile.yaml` files.
    /// - Throws: `ConfigurationFaults` with every fault of every file; a profile identifier that
    ///   stands in two files is a fault of the later one.
    public init(folder: [ProfileText]) throws(ConfigurationFaults) {
        var faults = FaultCollector()
        var profiles: [DeviceProfile] = []
        var files: [String: String] = [:]
        for text in folder {
            do {
                let node = try ConfigurationNode(parsing: text.text, file: text.file)
                guard let profile = DeviceProfile(node, &faults) else { continue }
                if let earlier = files[profile.id] {
                    faults.note(node, "the profile '\(profile.id)' stands already in \(earlier)")
                }
                files[profile.id] = text.file
                profiles.append(profile)
            } catch {
                faults.note(error)
            }
        }
        try faults.check()
        self.init(profiles: profiles)
    }

    private init(profiles: [DeviceProfile]) {
        self.profiles = profiles.sorted { $0.id < $1.id }
        indexByID = Dictionary(
            self.profiles.enumerated().map { ($0.element.id, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// A library of one profile.
    init(of profile: DeviceProfile) { self.init(profiles: [profile]) }

    /// The profile of an identifier, or nil.
    public subscript(id: String) -> DeviceProfile? { index(of: id).map { profiles[$0] } }

    /// Place of a profile in ``profiles``, or nil.
    func index(of id: String) -> Int? { indexByID[id] }

    /// This library with the profiles of another, whose ones win where both have an identifier.
    public func overlaid(with other: ProfileLibrary) -> ProfileLibrary {
        ProfileLibrary(
            profiles: profiles.filter { other.index(of: $0.id) == nil } + other.profiles
        )
    }
}
