import Decoding
import DeviceProfiles
import Testing

/// Every profile that comes with langso, by its own examples.
struct ProfileExampleTests {
    static func library() throws -> ProfileLibrary {
        let files = try DeviceProfiles.profiles()
        return try ProfileLibrary(folder: files.map { ProfileText(file: $0.name, text: $0.text) })
    }

    @Test func `every bundled profile is read without a fault`() throws {
        #expect(try Self.library().profiles.count >= 20)
    }

    @Test func `every example decodes to the readings beside it`() throws {
        let library = try Self.library()
        for file in try DeviceProfiles.examples() {
            for example in try ProfileExample.read(ProfileText(file: file.name, text: file.text)) {
                for difference in example.differences(with: library) {
                    Issue.record("\(example.place): \(difference)")
                }
            }
        }
    }
}
