/// A pattern with groups as instructions, searched depth first with marks.
struct CaptureProgram {
    private enum Instruction {
        case take(ScalarSet)
        case assert(RegularTree)
        /// Goes on at the first, and at the second when that fails.
        case split(Int, Int)
        case jump(Int)
        /// Notes the place in the value.
        case save(Int)
        case match
    }

    private var instructions: [Instruction] = []
    private var slotCount = 0

    init(_ tree: CaptureTree) {
        emit(tree)
        instructions.append(.match)
    }

    private mutating func emit(_ tree: CaptureTree) {
        switch tree {
        case .plain(let tree): emit(tree)
        case .sequence(let parts): for part in parts { emit(part) }
        case .choice(let branches): emit(branches)
        case .group(let number, let inner):
            slotCount = max(slotCount, 2 * number + 2)
            instructions.append(.save(2 * number))
            emit(inner)
            instructions.append(.save(2 * number + 1))
        case .repetition(let inner, let minimum, let maximum, let prefersFewer):
            for _ in 0..<minimum { emit(inner) }
            if let maximum {
                for _ in minimum..<max(minimum, maximum) { emitOptional(inner, prefersFewer) }
            } else {
                let start = instructions.count
                emitOptional(inner, prefersFewer, thenTo: start)
            }
        }
    }

    private mutating func emit(_ tree: RegularTree) {
        switch tree {
        case .scalars(let set): instructions.append(.take(set))
        case .sequence(let parts): for part in parts { emit(part) }
        case .empty: break
        default: instructions.append(.assert(tree))
        }
    }

    private mutating func emit(_ branches: [CaptureTree]) {
        var exits: [Int] = []
        for branch in branches.dropLast() {
            let split = instructions.count
            instructions.append(.jump(0))
            emit(branch)
            exits.append(instructions.count)
            instructions.append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        if let last = branches.last { emit(last) }
        for exit in exits { instructions[exit] = .jump(instructions.count) }
    }

    private mutating func emitOptional(
        _ inner: CaptureTree,
        _ prefersFewer: Bool,
        thenTo start: Int? = nil
    ) {
        let split = instructions.count
        instructions.append(.jump(0))
        emit(inner)
        if let start { instructions.append(.jump(start)) }
        let end = instructions.count
        instructions[split] = prefersFewer ? .split(end, split + 1) : .split(split + 1, end)
    }

    // MARK: Matching

    private enum Job {
        case explore(Int, Int)
        case restore(Int, Int)
    }

    /// Matches a whole value.
    ///
    /// - Throws: ``QueryError`` of kind limit, see ``CapturePattern/maximumWork``.
    /// - Returns: Start and end of each group, −1 for one that took no part; nil without a match.
    func match(_ scalars: [Unicode.Scalar]) throws(QueryError) -> [Int]? {
        let width = scalars.count + 1
        let work = instructions.count * width
        guard work <= CapturePattern.maximumWork else {
            throw QueryError(
                .limit,
                "a label's value of \(scalars.count) characters is too long for a pattern of "
                    + "\(instructions.count) steps; take a simpler pattern in label_replace()"
            )
        }
        var isVisited = [Bool](repeating: false, count: work)
        var slots = [Int](repeating: -1, count: slotCount)
        var jobs: [Job] = [.explore(0, 0)]
        while let job = jobs.popLast() {
            guard case .explore(let place, let position) = job else {
                if case .restore(let slot, let old) = job { slots[slot] = old }
                continue
            }
            if isVisited[place * width + position] { continue }
            isVisited[place * width + position] = true
            switch instructions[place] {
            case .take(let set):
                guard position < scalars.count, set.contains(scalars[position]) else { continue }
                jobs.append(.explore(place + 1, position + 1))
            case .assert(let assertion):
                guard Self.holds(assertion, scalars, position) else { continue }
                jobs.append(.explore(place + 1, position))
            case .split(let first, let second):
                jobs.append(.explore(second, position))
                jobs.append(.explore(first, position))
            case .jump(let target): jobs.append(.explore(target, position))
            case .save(let slot):
                jobs.append(.restore(slot, slots[slot]))
                slots[slot] = position
                jobs.append(.explore(place + 1, position))
            case .match:
                if position == scalars.count { return slots }
            }
        }
        return nil
    }

    private static func holds(
        _ assertion: RegularTree,
        _ scalars: [Unicode.Scalar],
        _ position: Int
    ) -> Bool {
        let before = position > 0 ? scalars[position - 1] : nil
        let after = position < scalars.count ? scalars[position] : nil
        return switch assertion {
        case .textStart: before == nil
        case .textEnd: after == nil
        case .lineStart: before == nil || before == "\n"
        case .lineEnd: after == nil || after == "\n"
        case .wordBoundary(let isWanted): (isWord(before) != isWord(after)) == isWanted
        default: false
        }
    }

    /// ASCII word characters, as RE2 has it.
    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { $0 == "_" || $0.isASCIILetterOrDigit } ?? false
    }
}
