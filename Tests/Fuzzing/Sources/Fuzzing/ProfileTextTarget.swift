import ConfigurationText
import Decoding
import DeviceProfiles

/// Profiles as operators write them; what can be read decodes a payload.
struct ProfileTextTarget: FuzzTarget {
    private static let file = "profile.yaml"
    /// Ports that shipped profiles name, and one that none does.
    private static let ports = [1, 2, 10, 85, 100, 200]

    private let shipped: [DeviceProfiles.File]

    init() throws { shipped = try DeviceProfiles.profiles() }

    func seeds() throws -> [(name: String, bytes: [UInt8])] {
        shipped.enumerated().map {
            (name: "shipped-\($0.offset)", bytes: Array($0.element.text.utf8))
        }
    }

    func run(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        do throws(ConfigurationFaults) {
            let library = try ProfileLibrary(folder: [ProfileText(file: Self.file, text: text)])
            for profile in library.profiles { decode(profile) }
        } catch {
            require(!error.faults.isEmpty, "a refusal without fault")
            for fault in error.faults {
                require(fault.file == Self.file && !fault.message.isEmpty, "a fault without place")
            }
        }
        // The same text as examples: read or refused.
        do throws(ConfigurationFaults) {
            let text = ProfileText(file: Self.file, text: text)
            for example in try ProfileExample.read(text) {
                _ = example.differences(with: .empty)
            }
        } catch {
            require(!error.faults.isEmpty, "a refusal without fault")
        }
    }

    private func decode(_ profile: DeviceProfile) {
        let payload = (0..<48).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        for port in Self.ports {
            switch ProfileTarget.outcome(profile, payload, port: port) {
            case .success(let message): MessageChecks.check(message)
            case .failure(let refusal): MessageChecks.check(refusal)
            }
        }
    }
}
