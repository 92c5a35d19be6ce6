import TestKit

/// Changes an expression's words by chance, so that it is mostly no longer one.
struct TextMutation {
    var random: SeededGenerator

    /// Words that are put in besides those of the expression itself.
    private static let words = [
        "(", ")", "{", "}", "[", "]", ",", "+", "-", "^", "==", "=", "=~", "!=", "@", ":", "and",
        "or", "unless", "bool", "on", "ignoring", "group_left", "group_right", "by", "without",
        "offset", "5m", "sum", "rate", "up", "1", "\"x\"", "start", "atan2", "inf",
    ]

    /// The expression with one or two words left out, doubled, exchanged or put in.
    mutating func change(_ text: String) -> String {
        var words = Self.words(of: text)
        for _ in 0..<Int.random(in: 1...2, using: &random) where !words.isEmpty {
            let place = Int.random(in: words.indices, using: &random)
            let other = Int.random(in: words.indices, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: words.remove(at: place)
            case 1: words.insert(words[place], at: place)
            case 2: words.swapAt(place, other)
            default: words.insert(Self.words.randomElement(using: &random) ?? "", at: place)
            }
        }
        return words.joined(separator: " ")
    }

    /// Names, numbers and quoted texts whole, everything else by characters.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var rest = Substring(text)
        while let first = rest.first {
            var word = rest.prefix(1)
            if first == "\"" {
                let end = rest.dropFirst().firstIndex(of: "\"") ?? rest.index(before: rest.endIndex)
                word = rest[...end]
            } else if first.isLetter || first.isNumber || first == "_" {
                word = rest.prefix { $0.isLetter || $0.isNumber || "_.:".contains($0) }
            } else if "=!<>".contains(first) {
                word = rest.prefix { "=!<>~".contains($0) }
            }
            rest = rest[word.endIndex...]
            if word != " " { words.append(String(word)) }
        }
        return words
    }
}
