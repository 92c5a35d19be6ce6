/// A pattern as instructions for Pike's machine: all threads step through the value together, so a
/// value of n scalars costs at most n × instructions, whatever the pattern.
struct RegularProgram: Sendable {
    enum Instruction: Sendable {
        case take(Int)
        case takeOne(UInt32)
        case split(Int, Int)
        case jump(Int)
        case assert(Assertion)
        /// Notes the place in the value; only for ``groups(in:)``.
        case save(Int)
        case match
    }

    enum Assertion: Sendable {
        case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
    }

    private(set) var instructions: [Instruction] = []
    private(set) var sets: [ScalarSet] = []
    /// Two for each group: where it begins and where it ends.
    private(set) var slotCount = 0

    /// Compiles a tree.
    init(_ tree: RegularTree, pattern: String) throws(RegularExpressionError) {
        guard emit(tree) else {
            throw RegularExpressionError(
                pattern: String(pattern.prefix(40)),
                offset: 0,
                message: "it needs more than \(RegularExpression.maximumInstructionCount) steps; "
                    + "use smaller counts in {…}"
            )
        }
        instructions.append(.match)
    }

    private mutating func emit(_ instruction: Instruction) -> Bool {
        instructions.append(instruction)
        return instructions.count < RegularExpression.maximumInstructionCount
    }

    /// Gives false when the program grows beyond its limit.
    private mutating func emit(_ tree: RegularTree) -> Bool {
        switch tree {
        case .empty: return true
        case .scalars(let set):
            if let only = set.onlyScalar { return emit(.takeOne(only.value)) }
            sets.append(set)
            return emit(.take(sets.count - 1))
        case .sequence(let parts):
            for part in parts where !emit(part) { return false }
            return true
        case .choice(let branches): return emitChoice(branches[...])
        case .repetition(let inner, let minimum, let maximum, let prefersFewer):
            return emitRepetition(inner, minimum, maximum, prefersFewer)
        case .group(let number, let inner):
            slotCount = max(slotCount, 2 * number + 2)
            return emit(.save(2 * number)) && emit(inner) && emit(.save(2 * number + 1))
        case .lineStart: return emit(.assert(.lineStart))
        case .lineEnd: return emit(.assert(.lineEnd))
        case .textStart: return emit(.assert(.textStart))
        case .textEnd: return emit(.assert(.textEnd))
        case .wordBoundary(let wanted):
            return emit(.assert(wanted ? .wordBoundary : .noWordBoundary))
        }
    }

    private mutating func emitChoice(_ branches: ArraySlice<RegularTree>) -> Bool {
        var exits: [Int] = []
        for (index, branch) in branches.enumerated() {
            guard index < branches.count - 1 else {
                if !emit(branch) { return false }
                break
            }
            let split = instructions.count
            guard emit(.jump(0)), emit(branch) else { return false }
            exits.append(instructions.count)
            guard emit(.jump(0)) else { return false }
            instructions[split] = .split(split + 1, instructions.count)
        }
        for exit in exits { instructions[exit] = .jump(instructions.count) }
        return true
    }

    private mutating func emitRepetition(
        _ inner: RegularTree,
        _ minimum: Int,
        _ maximum: Int?,
        _ prefersFewer: Bool
    ) -> Bool {
        func split(at place: Int) {
            let (inside, after) = (place + 1, instructions.count)
            instructions[place] = prefersFewer ? .split(after, inside) : .split(inside, after)
        }
        guard let maximum else { return emitEndless(inner, minimum, prefersFewer) }
        guard emitCopies(of: inner, minimum) else { return false }
        var splits: [Int] = []
        for _ in 0..<max(0, maximum - minimum) {
            splits.append(instructions.count)
            guard emit(.jump(0)), emit(inner) else { return false }
        }
        for place in splits { split(at: place) }
        return true
    }

    /// Emits copies of a part; one of nothing stands for any number of them.
    private mutating func emitCopies(of inner: RegularTree, _ count: Int) -> Bool {
        for _ in 0..<max(0, count) {
            let before = instructions.count
            guard emit(inner) else { return false }
            if instructions.count == before { break }
        }
        return true
    }

    /// A repetition without a bound goes back to its last copy; with none it is tried first.
    ///
    /// Which instructions two ways share decides what groups take where a copy can match nothing:
    /// no way enters an instruction twice at one place of the value. So they are laid out as in Go.
    /// - Source: Go, regexp/syntax/compile.go, star and plus.
    private mutating func emitEndless(
        _ inner: RegularTree,
        _ minimum: Int,
        _ prefersFewer: Bool
    ) -> Bool {
        func split(_ inside: Int, _ after: Int) -> Instruction {
            prefersFewer ? .split(after, inside) : .split(inside, after)
        }
        guard emitCopies(of: inner, minimum - 1) else { return false }
        let start = instructions.count
        if minimum == 0, !inner.canBeEmpty {
            guard emit(.jump(0)), emit(inner), emit(.jump(start)) else { return false }
            instructions[start] = split(start + 1, instructions.count)
            return true
        }
        if minimum == 0, !emit(.jump(0)) { return false }
        let copy = instructions.count
        guard emit(inner), emit(.jump(0)) else { return false }
        let after = instructions.count
        instructions[after - 1] = split(copy, after)
        if minimum == 0 { instructions[start] = split(copy, after) }
        return true
    }

    /// Whether the program matches the whole value.
    func matchesWhole(_ value: String) -> Bool {
        var current = ThreadList(capacity: instructions.count)
        var next = ThreadList(capacity: instructions.count)
        var stack: [Int] = []
        var before: Unicode.Scalar?
        var scalars = value.unicodeScalars.makeIterator()
        var here = scalars.next()
        add(0, to: &current, before: before, after: here, stack: &stack)
        while let scalar = here {
            if current.places.isEmpty { return false }
            let after = scalars.next()
            before = scalar
            for place in current.places {
                let goesOn: Bool
                switch instructions[place] {
                case .takeOne(let wanted): goesOn = scalar.value == wanted
                case .take(let set): goesOn = sets[set].contains(scalar)
                default: goesOn = false
                }
                if goesOn { add(place + 1, to: &next, before: before, after: after, stack: &stack) }
            }
            swap(&current, &next)
            next.removeAll()
            here = after
        }
        return current.places.contains { if case .match = instructions[$0] { true } else { false } }
    }

    /// Adds a thread and every thread it reaches without taking a scalar; no recursion, so that a
    /// long chain of choices cannot overflow the stack.
    private func add(
        _ start: Int,
        to list: inout ThreadList,
        before: Unicode.Scalar?,
        after: Unicode.Scalar?,
        stack: inout [Int]
    ) {
        stack.append(start)
        while let place = stack.popLast() {
            guard list.insert(place) else { continue }
            switch instructions[place] {
            case .jump(let target): stack.append(target)
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .assert(let assertion):
                if Self.holds(assertion, before, after) { stack.append(place + 1) }
            case .save: stack.append(place + 1)
            case .take, .takeOne, .match: break
            }
        }
    }

    static func holds(
        _ assertion: Assertion,
        _ before: Unicode.Scalar?,
        _ after: Unicode.Scalar?
    ) -> Bool {
        switch assertion {
        case .textStart: before == nil
        case .textEnd: after == nil
        case .lineStart: before == nil || before == "\n"
        case .lineEnd: after == nil || after == "\n"
        case .wordBoundary: isWord(before) != isWord(after)
        case .noWordBoundary: isWord(before) == isWord(after)
        }
    }

    /// ASCII word characters, as RE2 has it.
    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return scalar == "_" || scalar.isASCIILetterOrDigit
    }
}

/// The places of a program that are active, each once, in order of insertion.
private struct ThreadList {
    private(set) var places: [Int] = []
    private var isIn: [Bool]

    init(capacity: Int) { isIn = [Bool](repeating: false, count: capacity) }

    mutating func insert(_ place: Int) -> Bool {
        if isIn[place] { return false }
        isIn[place] = true
        places.append(place)
        return true
    }

    mutating func removeAll() {
        for place in places { isIn[place] = false }
        places.removeAll(keepingCapacity: true)
    }
}

extension Unicode.Scalar {
    /// Whether it is one of a–z, A–Z, 0–9.
    var isASCIILetterOrDigit: Bool {
        isASCII && (properties.isAlphabetic || ("0"..."9").contains(self))
    }
}
