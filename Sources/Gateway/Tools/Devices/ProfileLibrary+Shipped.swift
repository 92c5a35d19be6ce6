internal import Decoding
internal import DeviceProfiles

extension ProfileLibrary {
    /// Those that come with langso: they stay as they are while the program runs.
    private static let bundled = Result {
        try ProfileLibrary(
            folder: DeviceProfiles.profiles().map { ProfileText(file: $0.name, text: $0.text) }
        )
    }

    /// The profiles that come with langso, with those of an operator's folder over them.
    ///
    /// - Parameter folder: a folder of models; nil for none.
    /// - Throws: `ConfigurationFaults` with every fault of either folder's files; what the file
    ///   system says when a folder cannot be read.
    /// - Returns: the library.
    static func shipped(overlaidWith folder: String?) throws -> ProfileLibrary {
        let library = try bundled.get()
        guard let folder else { return library }
        let own = try DeviceProfiles.profiles(in: folder).map {
            ProfileText(file: "\(folder)/\($0.name)", text: $0.text)
        }
        return library.overlaid(with: try ProfileLibrary(folder: own))
    }
}
