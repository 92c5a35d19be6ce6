internal import Telemetry

/// Device addresses as they come in messages, each with what the decoder needs to go on.
///
/// Looked up by the bytes of the address without making a text; the text is made once. Addresses
/// that the directory does not have are kept too, up to a number and a length, so that their texts
/// are not made anew.
struct AddressTable: Sendable {
    /// A class, so that an entry is handed on for one reference count.
    final class Entry: Sendable {
        let address: String
        /// The address in UTF-8.
        let bytes: [UInt8]
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
            bytes = Array(address.utf8)
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

    private var entries: [Entry] = []
    private var places: [UInt64: Int] = [:]

    init(_ directory: DeviceDirectory, _ library: ProfileLibrary) {
        for (address, assignment) in directory.assignments {
            let (choice, parameters) = Self.choice(assignment, library)
            let former = (directory.former[address] ?? []).map { past in
                let (choice, parameters) = Self.choice(past.assignment, library)
                return Former(until: past.until, profile: choice, parameters: parameters)
            }
            insert(
                Entry(
                    address: address,
                    profile: choice,
                    parameters: parameters,
                    former: former,
                    ended: directory.ended[address]
                )
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
            insert(entry)
        }
        return entry
    }

    /// The entry of an address, or nil.
    func known(_ address: [UInt8]) -> Entry? {
        var hash = ContentHash.of(address)
        while let place = places[hash] {
            if entries[place].bytes == address { return entries[place] }
            hash &+= 1
        }
        return nil
    }

    private mutating func insert(_ entry: Entry) {
        var hash = ContentHash.of(entry.bytes)
        while places[hash] != nil { hash &+= 1 }
        places[hash] = entries.count
        entries.append(entry)
    }
}
