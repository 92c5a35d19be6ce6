import Decoding
import DeviceProfiles
import TestKit
import Testing

/// Every profile that comes with langso, by its own examples.
struct ProfileExampleTests {
    static func library() throws -> ProfileLibrary {
        try ShippedProfiles.library()
    }

    @Test func `every bundled profile is read without a fault`() throws {
        #expect(try Self.library().profiles.count >= 20)
    }

    @Test func `an example names the entity of a message that is meant`() throws {
        let text = """
            profile: fiware-waste-container
            examples:
              - name: the second of two
                family: fiware
                topic: n
                message: '[{"id": "a", "type": "WasteContainer", "fillingLevel": 0.1}, \
            {"id": "b", "type": "WasteContainer", "fillingLevel": 0.2}]'
                device: b
                readings: [{quantity: bin.fill, value: 20}]
            """
        let example = try #require(
            try ProfileExample.read(ProfileText(file: "f", text: text)).first
        )
        let library = try Self.library()
        #expect(example.differences(with: library).isEmpty)
        #expect(try example.decoded(library).deviceAddress == "b")
        #expect(example.codecRequest(library) == nil)
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
