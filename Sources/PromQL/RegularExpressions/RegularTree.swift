/// A parsed pattern.
indirect enum RegularTree: Sendable {
    case empty
    case scalars(ScalarSet)
    case sequence([RegularTree])
    case choice([RegularTree])
    case repetition(RegularTree, minimum: Int, maximum: Int?, prefersFewer: Bool)
    /// A group whose place in the value is asked for; 0 is the whole pattern.
    case group(Int, RegularTree)
    case lineStart
    case lineEnd
    case textStart
    case textEnd
    case wordBoundary(Bool)

    /// Whether it may match without taking a character.
    var canBeEmpty: Bool {
        switch self {
        case .scalars: false
        case .sequence(let parts): parts.allSatisfy(\.canBeEmpty)
        case .choice(let branches): branches.contains(where: \.canBeEmpty)
        case .repetition(let inner, let minimum, _, _): minimum == 0 || inner.canBeEmpty
        case .group(_, let inner): inner.canBeEmpty
        case .empty, .lineStart, .lineEnd, .textStart, .textEnd, .wordBoundary: true
        }
    }

    /// The one text that it matches, or nil.
    private var literal: String? {
        switch self {
        case .empty: return ""
        case .scalars(let set): return set.onlyScalar.map { String(Character($0)) }
        case .sequence(let parts):
            var text = ""
            for part in parts {
                guard let next = part.literal else { return nil }
                text.unicodeScalars.append(contentsOf: next.unicodeScalars)
            }
            return text
        default: return nil
        }
    }

    /// The texts that it matches when it is a choice of texts, or nil.
    var literalAlternatives: [String]? {
        if let literal { return [literal] }
        guard case .choice(let branches) = self else { return nil }
        var texts: [String] = []
        for branch in branches {
            guard let text = branch.literal else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// `text.*` and `text.+`: the text and how many bytes must follow at least; else nil.
    var literalPrefixThenAnything: (String, Int)? {
        guard case .sequence(let parts) = self, let last = parts.last else {
            return anythingMinimum.map { ("", $0) }
        }
        guard let rest = last.anythingMinimum,
            let prefix = RegularTree.sequence(Array(parts.dropLast())).literal
        else { return nil }
        return (prefix, rest)
    }

    private var anythingMinimum: Int? {
        guard case .repetition(.scalars(let set), let minimum, nil, _) = self, minimum <= 1,
            set.isEverything
        else { return nil }
        return minimum
    }
}

/// A set of Unicode scalars as sorted, disjoint ranges of their values.
struct ScalarSet: Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let everything = ScalarSet([0...0x10_FFFF])

    init(_ ranges: [ClosedRange<UInt32>]) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                let upper = max(last.upperBound, range.upperBound)
                merged[merged.count - 1] = last.lowerBound...upper
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    var isEverything: Bool { ranges == [0...0x10_FFFF] }

    var onlyScalar: Unicode.Scalar? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return Unicode.Scalar(ranges[0].lowerBound)
    }

    var inverted: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= 0x10_FFFF { gaps.append(next...0x10_FFFF) }
        return ScalarSet(gaps)
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    /// Both cases of the Latin letters in it, and of other letters that have one partner.
    var ignoringCase: ScalarSet {
        var all = ranges
        for range in ranges where range.count <= 0x400 {
            for value in range {
                guard let scalar = Unicode.Scalar(value) else { continue }
                let lower = scalar.properties.lowercaseMapping.unicodeScalars
                let upper = scalar.properties.uppercaseMapping.unicodeScalars
                for variant in [lower, upper] where variant.count == 1 {
                    for one in variant { all.append(one.value...one.value) }
                }
            }
        }
        return ScalarSet(all)
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(scalar.value)
    }
}
