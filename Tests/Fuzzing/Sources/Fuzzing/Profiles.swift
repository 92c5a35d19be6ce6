import Decoding
import DeviceProfiles

/// The profiles that ship, and their examples.
enum Profiles {
    static func library() throws -> ProfileLibrary {
        try ProfileLibrary(
            folder: DeviceProfiles.profiles().map { ProfileText(file: $0.name, text: $0.text) }
        )
    }

    static func examples() throws -> [ProfileExample] {
        try DeviceProfiles.examples().flatMap {
            try ProfileExample.read(ProfileText(file: $0.name, text: $0.text))
        }
    }

    static func filter(_ text: String) throws -> TopicFilter {
        guard let filter = TopicFilter(text) else { throw BadSetup("\(text) is no topic filter") }
        return filter
    }
}

/// A target that cannot be made.
struct BadSetup: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
