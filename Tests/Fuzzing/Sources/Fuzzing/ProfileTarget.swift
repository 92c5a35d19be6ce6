import Decoding
import Telemetry

/// Radio payloads through every profile that ships: two bytes say which, one is the port.
struct ProfileTarget: FuzzTarget {
    private let library: ProfileLibrary

    init() throws { library = try Profiles.library() }

    func seeds() throws -> [(name: String, bytes: [UInt8])] {
        try Profiles.examples().enumerated().compactMap { number, example in
            guard case .payload(let payload, let port) = example.input,
                let place = library.profiles.firstIndex(where: { $0.id == example.profile })
            else { return nil }
            let head = [UInt8(place >> 8), UInt8(place & 0xFF), UInt8(port ?? 0)]
            return (name: "example-\(number)", bytes: head + payload)
        }
    }

    func run(_ input: [UInt8]) {
        guard input.count >= 3 else { return }
        let place = Int(input[0]) << 8 | Int(input[1])
        let profile = library.profiles[place % library.profiles.count]
        let payload = Array(input[3...])
        let outcome = Self.outcome(profile, payload, port: Int(input[2]))
        switch outcome {
        case .success(let message): MessageChecks.check(message)
        case .failure(let refusal): MessageChecks.check(refusal)
        }
        require(
            outcome == Self.outcome(profile, payload, port: Int(input[2])),
            "decoded otherwise"
        )
    }

    static func outcome(_ profile: DeviceProfile, _ payload: [UInt8], port: Int?) -> Result<
        DecodedMessage, DecodingError
    > {
        do throws(DecodingError) {
            return .success(
                try profile.decode(payload: payload, port: port, receivedAt: MessageChecks.now)
            )
        } catch {
            return .failure(error)
        }
    }
}
