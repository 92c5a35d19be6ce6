/// What one file of a simulated disk holds: for readers now, and for certain after a power cut.
struct DiskFile: Sendable {
    /// Something that was done to the file and is not on the disk for certain.
    enum Change: Sendable {
        case write(offset: Int, bytes: [UInt8])
        case resize(Int)
    }

    /// What a disk writes wholly or not at all.
    static let sectorBytes = 512

    /// What a reader gets.
    private(set) var seen: [UInt8] = []
    /// What is on the disk for certain.
    private(set) var durable: [UInt8] = []
    private var pending: [Change] = []

    /// Does something; it is on the disk after ``synchronize()`` only.
    mutating func change(_ change: Change) {
        Self.apply(change, to: &seen)
        pending.append(change)
    }

    /// Puts everything on the disk.
    mutating func synchronize() {
        for change in pending { Self.apply(change, to: &durable) }
        pending.removeAll()
    }

    /// Has a wait for the disk fail as Linux does.
    ///
    /// Any part of what was pending reached the disk, and the rest counts as written from now on.
    /// Readers see the new bytes while the page cache holds them, or those on the disk.
    mutating func lose(using generator: inout SeededGenerator) {
        durable = survivors(using: &generator)
        pending.removeAll()
        if Bool.random(using: &generator) { seen = durable }
    }

    /// The file as a power cut leaves it.
    func afterPowerCut(using generator: inout SeededGenerator) -> DiskFile {
        var file = DiskFile()
        file.durable = pending.isEmpty ? durable : survivors(using: &generator)
        file.seen = file.durable
        return file
    }

    /// Changes bits on the disk, behind everybody's back.
    mutating func flip(_ place: Int, by mask: UInt8) {
        durable[place] ^= mask
        if place < seen.count { seen[place] ^= mask }
    }

    /// What the disk may hold when any of the pending changes reached it.
    ///
    /// Sectors are chosen apart, later writes over earlier ones: with each sector as one of its
    /// writes left it, that is every order in which they can have arrived.
    private func survivors(using generator: inout SeededGenerator) -> [UInt8] {
        var image = durable
        switch Int.random(in: 0..<4, using: &generator) {
        case 0:
            // In order, and the last one that arrived is cut at a byte.
            let count = Int.random(in: 0...pending.count, using: &generator)
            for change in pending.prefix(max(0, count - 1)) { Self.apply(change, to: &image) }
            guard count > 0 else { break }
            Self.apply(Self.torn(pending[count - 1], using: &generator), to: &image)
        case 1:
            // Each one whole or not at all.
            for change in pending where Bool.random(using: &generator) {
                Self.apply(change, to: &image)
            }
        case 2:
            // All of it: the power went before the wait for the disk returned.
            for change in pending { Self.apply(change, to: &image) }
        default:
            for change in pending { Self.scatter(change, over: &image, using: &generator) }
        }
        return image
    }

    private static func torn(
        _ change: Change,
        using generator: inout SeededGenerator
    ) -> Change {
        guard case .write(let offset, let bytes) = change else { return change }
        let count = Int.random(in: 0...bytes.count, using: &generator)
        return .write(offset: offset, bytes: Array(bytes[..<count]))
    }

    private static func scatter(
        _ change: Change,
        over image: inout [UInt8],
        using generator: inout SeededGenerator
    ) {
        guard case .write(let offset, let bytes) = change else {
            if Bool.random(using: &generator) { apply(change, to: &image) }
            return
        }
        var start = offset
        let end = offset + bytes.count
        while start < end {
            let next = min(end, (start / sectorBytes + 1) * sectorBytes)
            if Bool.random(using: &generator) {
                put(bytes[start - offset..<next - offset], at: start, in: &image)
            }
            start = next
        }
    }

    private static func apply(_ change: Change, to image: inout [UInt8]) {
        switch change {
        case .write(let offset, let bytes): put(bytes[...], at: offset, in: &image)
        case .resize(let count): resize(&image, to: count)
        }
    }

    private static func put(_ bytes: ArraySlice<UInt8>, at offset: Int, in image: inout [UInt8]) {
        if image.count < offset + bytes.count { resize(&image, to: offset + bytes.count) }
        image.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    private static func resize(_ image: inout [UInt8], to count: Int) {
        if count < image.count {
            image.removeLast(image.count - count)
        } else {
            image.append(contentsOf: repeatElement(0, count: count - image.count))
        }
    }
}
