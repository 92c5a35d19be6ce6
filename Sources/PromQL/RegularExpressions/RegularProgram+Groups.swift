extension RegularProgram {
    private enum Job {
        case explore(Int, Int)
        case restore(Int, Int)
    }

    /// How many pairs of an instruction and a place there are in a value of so many scalars.
    func work(scalarCount: Int) -> Int { instructions.count * (scalarCount + 1) }

    /// Matches a whole value and tells where its groups lie, as RE2 does.
    ///
    /// Of several ways to match, it is the one that an earlier alternative or a longer (with `?`, a
    /// shorter) repetition comes to first. The search goes depth first and enters no pair of an
    /// instruction and a place twice, so that it costs at most ``work(scalarCount:)`` steps and as
    /// many bytes.
    /// - Source: R. Cox, "Regular Expression Matching in the Wild", 2010, section on bit-state
    ///   search.
    /// - Returns: Start and end of each group, −1 for one that took no part; nil without a match.
    func groups(in scalars: [Unicode.Scalar]) -> [Int]? {
        var isVisited = [Bool](repeating: false, count: work(scalarCount: scalars.count))
        return groups(in: scalars, from: 0, toEnd: true, &isVisited)
    }

    /// Matches from a place on, up to the end or up to anywhere.
    ///
    /// What was visited in vain from one place is in vain from any: several places in turn cost no
    /// more than one, with the same flags.
    func groups(
        in scalars: [Unicode.Scalar],
        from start: Int,
        toEnd: Bool,
        _ isVisited: inout [Bool]
    ) -> [Int]? {
        let width = scalars.count + 1
        var slots = [Int](repeating: -1, count: slotCount)
        var jobs: [Job] = [.explore(0, start)]
        while let job = jobs.popLast() {
            guard case .explore(let place, let position) = job else {
                if case .restore(let slot, let old) = job { slots[slot] = old }
                continue
            }
            if isVisited[place * width + position] { continue }
            isVisited[place * width + position] = true
            let after = position < scalars.count ? scalars[position] : nil
            switch instructions[place] {
            case .takeOne(let wanted):
                if after?.value == wanted { jobs.append(.explore(place + 1, position + 1)) }
            case .take(let set):
                if let after, sets[set].contains(after) {
                    jobs.append(.explore(place + 1, position + 1))
                }
            case .assert(let assertion):
                let before = position > 0 ? scalars[position - 1] : nil
                if Self.holds(assertion, before, after) {
                    jobs.append(.explore(place + 1, position))
                }
            case .split(let first, let second):
                jobs.append(.explore(second, position))
                jobs.append(.explore(first, position))
            case .jump(let target): jobs.append(.explore(target, position))
            case .save(let slot):
                jobs.append(.restore(slot, slots[slot]))
                slots[slot] = position
                jobs.append(.explore(place + 1, position))
            case .match: if !toEnd || after == nil { return slots }
            }
        }
        return nil
    }
}
