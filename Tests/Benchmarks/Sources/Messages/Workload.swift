import Decoding
import DeviceProfiles
import Measuring
import Telemetry

/// One thing that is done again and again, and how many bytes it reads each time.
struct Workload {
    let name: String
    let byteCount: Int
    /// Does it so many times; gives the readings that came of it.
    let run: (Int) throws -> Int

    static let receivedAt = ProfileExample.standardArrival

    /// Sets of radio payloads, by the profiles whose examples they are; none stands for all.
    private static let payloadSets: [(name: String, profiles: Set<String>)] = [
        ("all profiles", []),
        ("fixed places", ["elsys-ems", "dragino-lse01", "dragino-ldds75"]),
        ("channels", ["milesight-em310-udl", "milesight-em500-pp"]),
        ("groups", ["decentlab-dl-par", "decentlab-dl-sht35"]),
        ("cayenne_lpp", ["cayenne-lpp-node"]),
    ]

    /// Every measurement of the gateway's own, envelopes first.
    static func all() throws -> [Workload] {
        let library = try library([])
        return try envelopes(library).map { envelope($0.uplink, $0.decoder) }
            + (try payloadSets.map { try payloads($0.name, $0.profiles, library) })
    }

    /// One of them, with no more profiles than it needs; nil when none has the name.
    ///
    /// Reading all profiles takes a hundred times as many instructions as a thousand messages.
    static func named(_ name: String) throws -> Workload? {
        if let set = payloadSets.first(where: { $0.name == name }) {
            return try payloads(name, set.profiles, library(set.profiles))
        }
        return try envelopes(library(Set(Uplink.all.map(\.profile))))
            .first { $0.uplink.name == name }
            .map { envelope($0.uplink, $0.decoder) }
    }

    private static func library(_ profiles: Set<String>) throws -> ProfileLibrary {
        let shipped = files(try DeviceProfiles.profiles(), of: profiles)
        return try ProfileLibrary(
            folder: shipped.map { ProfileText(file: $0.name, text: $0.text) } + [
                ProfileText(file: Uplink.oneByte.id, text: Uplink.oneByte.text)
            ]
        )
    }

    /// The files of some profiles, or of all.
    private static func files(_ files: [DeviceProfiles.File], of profiles: Set<String>)
        -> [DeviceProfiles.File]
    {
        files.filter { file in
            profiles.isEmpty || profiles.contains { file.name.hasPrefix("\($0)/") }
        }
    }

    /// Envelopes with the decoders that read them: whole ones, then those read alone.
    private static func envelopes(_ library: ProfileLibrary) throws
        -> [(uplink: Uplink, decoder: MessageDecoder)]
    {
        try [Uplink.all, Uplink.alone].flatMap { uplinks in
            let decoder = try decoder(of: uplinks, library)
            return uplinks.map { ($0, decoder) }
        }
    }

    /// A decoder with a rule for each envelope, as a village has that takes all of them.
    private static func decoder(of uplinks: [Uplink], _ library: ProfileLibrary) throws
        -> MessageDecoder
    {
        let rules = try uplinks.map { uplink in
            guard let filter = TopicFilter(uplink.filter) else {
                throw Failure("\(uplink.filter) is no topic filter")
            }
            return SubscriptionRule(
                topicFilter: filter,
                family: uplink.family,
                profile: uplink.profile
            )
        }
        return MessageDecoder(rules: rules, library: library)
    }

    /// A message as the pipeline hands it over: topic and payload are memory that it lends.
    private static func envelope(_ uplink: Uplink, _ fresh: MessageDecoder) -> Workload {
        var decoder = fresh
        let topic = Array(uplink.topic.utf8)
        let payload = Array(uplink.payload.utf8)
        return Workload(name: uplink.name, byteCount: payload.count) { count in
            var readingCount = 0
            for _ in 0..<count {
                readingCount += try decoder.decode(
                    topic: topic.span,
                    payload: payload.span,
                    receivedAt: receivedAt,
                    flags: []
                ).readings.count
            }
            return readingCount
        }
    }

    /// The radio payloads of the examples of some profiles that must decode, in turn.
    private static func payloads(
        _ name: String,
        _ profiles: Set<String>,
        _ library: ProfileLibrary
    ) throws -> Workload {
        var chosen: [(profile: DeviceProfile, bytes: [UInt8], port: Int?)] = []
        for file in files(try DeviceProfiles.examples(), of: profiles) {
            let text = ProfileText(file: file.name, text: file.text)
            for example in try ProfileExample.read(text) where example.refusal == nil {
                guard case .payload(let bytes, let port) = example.input,
                    let profile = library[example.profile]
                else { continue }
                chosen.append((profile, bytes, port))
            }
        }
        guard !chosen.isEmpty else { throw Failure("\(name) has no payloads") }
        let bytes = chosen.reduce(0) { $0 + $1.bytes.count }
        return Workload(name: name, byteCount: bytes / chosen.count) { count in
            var readingCount = 0
            for index in 0..<count {
                let payload = chosen[index % chosen.count]
                readingCount += try payload.profile.decode(
                    payload: payload.bytes,
                    port: payload.port,
                    receivedAt: receivedAt
                ).readings.count
            }
            return readingCount
        }
    }
}
