/// Device addresses as they come in messages, each with what the decoder needs to go on.
///
/// Looked up by the bytes of the address without making a text; the text is made once. Addresses
/// that the directory does not have are kept too, up to a limit, so that their texts are not made
/// anew.
struct AddressTable: Sendable {
    /// A class, so that an entry is handed on for one reference count.
    final class Entry: Sendable {
        let address: String
        /// The address in UTF-8.
        let bytes: [UInt8]
        /// Profile that the directory names; nil when it does not have the device.
        let profile: ProfileChoice?
        let parameters: [Double]

        init(address: String, profile: ProfileChoice?, parameters: [Double]) {
            self.address = address
            bytes = Array(address.utf8)
            self.profile = profile
            self.parameters = parameters
        }
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
            let choice: ProfileChoice
            var parameters: [Double] = []
            if let index = library.index(of: assignment.profile) {
                choice = .known(index)
                parameters = library.profiles[index].values(of: assignment.parameters)
            } else {
                choice = .missing(assignment.profile)
            }
            insert(Entry(address: address, profile: choice, parameters: parameters))
        }
    }

    /// The entry of an address, made when there is none yet.
    mutating func entry(of address: [UInt8]) -> Entry {
        if let entry = known(address) { return entry }
        let entry = Entry(
            address: String(decoding: address, as: UTF8.self),
            profile: nil,
            parameters: []
        )
        if entries.count < DecodingLimits.internedAddresses { insert(entry) }
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
