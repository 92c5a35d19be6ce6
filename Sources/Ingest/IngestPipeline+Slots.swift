internal import Decoding
internal import RingStore
internal import Telemetry

/// Whose slot is meant: a box, or a box at one of the places where it has been.
struct SlotKey: Hashable {
    let address: String
    /// Place in the list of its installations; nil for the box itself, whose frames are remembered
    /// there, and which is known by its address where it is installed nowhere.
    var place: Int?
}

/// Slots of the devices.
extension IngestPipeline {
    /// The slot of a box: its frames, and of one that was always at one place its series too.
    mutating func slot(of address: String) -> Int {
        let key = SlotKey(address: address)
        if let index = slotByKey[key] { return index }
        return makeSlot(key)
    }

    /// The slot with the series that a box's readings of an instant go to.
    mutating func slot(of address: String, in index: Int, at instant: Instant) -> Int {
        guard slots[index].isDated || isShared(index) && directory.isDated(address) else {
            return index
        }
        let key = SlotKey(address: address, place: directory.place(of: address, at: instant))
        return slotByKey[key] ?? makeSlot(key)
    }

    /// The labels of a device's series at an instant.
    func slotLabels(of address: String, at instant: Instant) -> Labels {
        guard directory.isDated(address) else {
            return slotByKey[SlotKey(address: address)].map { slots[$0].labels }
                ?? directory.labels(of: address)
        }
        let place = directory.place(of: address, at: instant)
        return content(of: SlotKey(address: address, place: place)).labels
    }

    /// Takes other labels and offsets of the devices: later samples carry them.
    public mutating func replaceDirectory(_ directory: IngestDirectory) {
        self.directory = directory
        for (key, index) in slotByKey {
            let content = content(of: key)
            slots[index].relabel(content.labels)
            slots[index].counterOffsets = content.counterOffsets
            slots[index].isDated = key.place == nil && directory.isDated(key.address)
        }
    }

    /// Whether a slot is the one that all share which came too late: it may be of another place of
    /// the same box by now.
    private func isShared(_ index: Int) -> Bool {
        slots.count >= slotLimit && index == slots.count - 1
    }

    private func content(of key: SlotKey) -> IngestDirectory.Installation {
        if let place = key.place,
            let installation = directory.installation(of: key.address, at: place)
        {
            return installation
        }
        let isDated = directory.isDated(key.address)
        return IngestDirectory.Installation(
            labels: isDated
                ? Labels([Label("device", key.address)]) : directory.labels(of: key.address)
        )
    }

    private mutating func makeSlot(_ key: SlotKey) -> Int {
        let content = content(of: key)
        var fresh = DeviceSlot(labels: content.labels)
        fresh.counterOffsets = content.counterOffsets
        fresh.isDated = key.place == nil && directory.isDated(key.address)
        guard slots.count < slotLimit else {
            // The last place is shared by all that came too late; they are looked up each time.
            let last = slots.count - 1
            if let lastKey { slotByKey[lastKey] = nil }
            slots[last] = fresh
            slotByKey[key] = last
            lastKey = key
            return last
        }
        slots.append(fresh)
        slotByKey[key] = slots.count - 1
        lastKey = key
        return slots.count - 1
    }
}
