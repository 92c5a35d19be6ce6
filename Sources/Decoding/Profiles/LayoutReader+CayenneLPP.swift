internal import ConfigurationText
internal import Telemetry

/// The body `cayenne_lpp`: fields by channel number and type name, on the table of channels.
extension LayoutReader {
    func cayenneTable(_ list: ConfigurationNode, _ faults: inout FaultCollector) -> ChannelTable {
        /// Fields of one channel and type, as acceleration has three.
        struct Place: Hashable {
            let id: UInt8?
            let type: UInt8
        }
        var order: [Place] = []
        var fields: [Place: [FieldLayout]] = [:]
        var naming: Set<Place> = []
        for entry in list.sequence(&faults) {
            guard let member = cayenneMember(entry, &faults),
                let idNode = entry.required("id", &faults)
            else { continue }
            let isAny = idNode.scalarText == "*"
            let id = isAny ? nil : idNode.integer(in: 0...255, &faults).map { UInt8($0) }
            guard isAny || id != nil, let field = self.field(entry, .cayenne(member), &faults)
            else {
                continue
            }
            let place = Place(id: id, type: member.type)
            if fields[place] == nil { order.append(place) }
            fields[place, default: []].append(field)
            if entry["name_channel"]?.flag(&faults) == true { naming.insert(place) }
        }
        // The first channel that fits is taken: those of a number go before those of any.
        let sorted = order.filter { $0.id != nil } + order.filter { $0.id == nil }
        let lengths = Dictionary(uniqueKeysWithValues: CayenneLPP.lengths)
        let read = sorted.map { place in
            ChannelTable.Channel(
                first: place.id,
                second: place.type,
                length: lengths[place.type],
                fields: fields[place] ?? [],
                time: nil,
                namesChannel: naming.contains(place)
            )
        }
        let others = CayenneLPP.lengths.map { type, length in
            ChannelTable.Channel(
                first: nil,
                second: type,
                length: length,
                fields: [],
                time: nil,
                namesChannel: false,
                isUnread: true
            )
        }
        return ChannelTable(
            skip: 0,
            trailer: 0,
            identifierWidth: 2,
            hasLengthByte: false,
            channels: read + others
        )
    }

    private func cayenneMember(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> CayenneLPP.Member?
    {
        guard let type = node.required("type", &faults) else { return nil }
        if let member = CayenneLPP.members.first(where: { $0.name == type.scalarText }) {
            return member
        }
        let known = CayenneLPP.members.map(\.name).joined(separator: ", ")
        faults.note(type, "expected one of \(known), found \(type.kindName)")
        return nil
    }

    /// Where a value of a type stands in its channel.
    func cayenneField(_ member: CayenneLPP.Member) -> ByteField {
        ByteField(
            at: member.at,
            width: member.width,
            form: member.isSigned ? .signed : .unsigned,
            isLittleEndian: false,
            bits: nil
        )
    }
}
