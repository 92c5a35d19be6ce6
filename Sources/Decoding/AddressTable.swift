internal import Telemetry

/// Device addresses as they come in messages, each with what the decoder needs to go on.
///
/// Looked up by the bytes of the address without making a text; the text is made once. Addresses
/// that the directory does not have are kept too, up to a number and a length, so that their texts
/// are not made anew. Senders choose them, so that they are hashed under the process's own key:
/// nobody can make up many that fall together.
struct AddressTable: Sendable {
    /// A class, so that an entry is handed on for one reference count.
    final class Entry: Sendable {
        let address: String
        /// Profile that the directory names; nil when it does not have the device.
        let profile: ProfileChoice?
        let parameters: [Double]
        /// What was before, sorted by end.
        let former: [Former]
        /// Since when the device is at no place any more; nil while it is at one.
        let ended: Instant?

        init(
            address: String,
            profile: ProfileChoice?,
            parameters: [Double],
            former: [Former] = [],
            ended: Instant? = nil
        ) {
            self.address = address
            self.profile = profile
            self.parameters = parameters
            self.former = former
            self.ended = ended
        }

        /// The entry as it was for messages that arrived at an instant.
        func asOf(_ arrival: Instant) -> Entry {
            guard let past = former.first(where: { arrival < $0.until }) else { return self }
            return Entry(
                address: address,
                profile: past.profile,
                parameters: past.parameters,
                ended: ended
            )
        }
    }

    struct Former: Sendable {
        let until: Instant
        let profile: ProfileChoice
        let parameters: [Double]
    }

    enum ProfileChoice: Sendable {
        /// Place in the library.
        case known(Int)
        /// A name that the library does not have.
        case missing(String)
    }

    /// Hashed as one stretch of bytes: an array would hash each by itself.
    private struct Key: Hashable {
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private var entries: [Key: Entry] = [:]

    init(_ directory: DeviceDirectory, _ library: ProfileLibrary) {
        // A device that was taken away is still read as what it was, in messages from before.
        for address in Set(directory.assignments.keys).union(directory.former.keys) {
            let present = directory.assignments[address].map { Self.choice($0, library) }
            let former = (directory.former[address] ?? []).map { past in
                let (choice, parameters) = Self.choice(past.assignment, library)
                return Former(until: past.until, profile: choice, parameters: parameters)
            }
            entries[Key(bytes: Array(address.utf8))] = Entry(
                address: address,
                profile: present?.0,
                parameters: present?.1 ?? [],
                former: former,
                ended: directory.ended[address]
            )
        }
    }

    private static func choice(
        _ assignment: DeviceDirectory.Assignment,
        _ library: ProfileLibrary
    ) -> (ProfileChoice, [Double]) {
        guard let index = library.index(of: assignment.profile) else {
            return (.missing(assignment.profile), [])
        }
        return (.known(index), library.profiles[index].values(of: assignment.parameters))
    }

    /// The entry of an address, made when there is none yet.
    mutating func entry(of address: [UInt8]) -> Entry {
        if let entry = known(address) { return entry }
        let entry = Entry(
            address: String(decoding: address, as: UTF8.self),
            profile: nil,
            parameters: []
        )
        if entries.count < DecodingLimits.internedAddresses,
            address.count <= DecodingLimits.internedAddressBytes
        {
            entries[Key(bytes: address)] = entry
        }
        return entry
    }

    /// The entry of an address, or nil.
    func known(_ address: [UInt8]) -> Entry? { entries[Key(bytes: address)] }
}
