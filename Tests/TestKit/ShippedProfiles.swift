public import Decoding
import DeviceProfiles

/// The device profiles that come with langso, read once for all tests of a process.
public enum ShippedProfiles {
    private static let read = Result {
        try ProfileLibrary(
            folder: DeviceProfiles.profiles().map { ProfileText(file: $0.name, text: $0.text) }
        )
    }

    /// The library of them.
    ///
    /// - Throws: what reading them ended with.
    public static func library() throws -> ProfileLibrary { try read.get() }
}
