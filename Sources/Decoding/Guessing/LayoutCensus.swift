/// How common ports, members and records are among the profiles of a library.
///
/// What many profiles have says little when a message has it, what one alone has says much: each is
/// worth log2(profiles ÷ those that have it) bits.
struct LayoutCensus: Sendable {
    private var byteProfiles = 0.0
    private var textProfiles = 0.0
    private var ports: [Int: Double] = [:]
    private var names: [String: Double] = [:]

    init(_ profiles: [DeviceProfile]) {
        for profile in profiles {
            var ports: Set<Int> = []
            var names: Set<String> = []
            var (hasBytes, hasText) = (false, false)
            for layout in profile.messages {
                switch layout.body {
                case .bytes, .channels, .groups:
                    hasBytes = true
                    ports.formUnion(layout.ports)
                case .json(let fields, _), .records(let fields):
                    hasText = true
                    names.formUnion(fields.map(\.name))
                }
            }
            if hasBytes { byteProfiles += 1 }
            if hasText { textProfiles += 1 }
            for port in ports { self.ports[port, default: 0] += 1 }
            for name in names { self.names[name, default: 0] += 1 }
        }
    }

    /// Bits that a port says for a profile that names it.
    func bits(ofPort port: Int) -> Double { Self.bits(ports[port], of: byteProfiles) }

    /// Bits that a member or a record says for a profile that reads it.
    func bits(ofName name: String) -> Double { Self.bits(names[name], of: textProfiles) }

    private static func bits(_ count: Double?, of all: Double) -> Double {
        guard let count, count > 0, all > count else { return 0 }
        return Bits.of(all / count)
    }
}
