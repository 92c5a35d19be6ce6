/// Which slots may be written.
///
/// A slot is in use while the last root on disk names it, or a run that is being built; it rests
/// while a snapshot may still read it; else it is free.
struct SlotPool {
    /// Free slots; the first was freed first and is used first.
    private var free: [UInt32]
    /// Runs that no root names any more, the first left first.
    private var resting: [SealedRun] = []

    /// Begins with all slots free but those of some runs.
    init(slotCount: Int, used: [SealedRun]) {
        let used = SeriesSet(used.lazy.flatMap(\.record.slots))
        free = (0..<UInt32(slotCount)).filter { !used.contains($0) }
    }

    /// Slots that are free or rest.
    var unused: [UInt32] { free + resting.flatMap(\.record.slots) }

    /// Takes a free slot, or one of a resting run that no snapshot holds any more.
    mutating func take() -> UInt32? {
        if free.isEmpty { wake() }
        return free.isEmpty ? nil : free.removeFirst()
    }

    /// Takes a slot of a resting run although a snapshot holds it, which then cannot read it.
    mutating func takeResting() -> UInt32? {
        guard free.isEmpty, !resting.isEmpty else { return take() }
        let run = resting.removeFirst()
        run.giveWay()
        free = run.record.slots
        return take()
    }

    /// Gives back slots that no root on disk names.
    mutating func giveBack(_ slots: [UInt32]) {
        free += slots
    }

    /// Takes a run that no root on disk names any more.
    mutating func retire(_ run: SealedRun) {
        resting.append(run)
    }

    private mutating func wake() {
        var held: [SealedRun] = []
        // Each run is handed on alone, so that its count of references says who else has it.
        while var run = resting.popLast() {
            if isKnownUniquelyReferenced(&run) {
                free = run.record.slots + free
            } else {
                held.append(run)
            }
        }
        resting = held.reversed()
    }
}
