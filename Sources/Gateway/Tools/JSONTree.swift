/// A JSON value as a tree, for comparing.
enum JSONTree: Decodable, Hashable, Sendable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSONTree].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONTree].self))
        }
    }

    /// Where another tree differs first.
    ///
    /// - Parameters:
    ///   - other: what was found where this was expected.
    ///   - tolerance: by which share of the larger numbers may differ.
    ///   - place: path of this value.
    /// - Returns: the difference in words; nil when there is none.
    func difference(from other: JSONTree, tolerance: Double, at place: String) -> String? {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            if left == right || abs(left - right) <= tolerance * max(abs(left), abs(right)) {
                return nil
            }
        case (.list(let left), .list(let right)) where left.count == right.count:
            for (index, pair) in zip(left, right).enumerated() {
                if let found = pair.0.difference(
                    from: pair.1,
                    tolerance: tolerance,
                    at: "\(place)[\(index)]"
                ) {
                    return found
                }
            }
            return nil
        case (.object(let left), .object(let right)):
            for key in Set(left.keys).union(right.keys).sorted() {
                guard let one = left[key] else { return "\(place).\(key) was not expected" }
                guard let two = right[key] else { return "\(place).\(key) is missing" }
                if let found = one.difference(
                    from: two,
                    tolerance: tolerance,
                    at: "\(place).\(key)"
                ) {
                    return found
                }
            }
            return nil
        case (let left, let right) where left == right: return nil
        default: break
        }
        return "\(place) is \(other.brief) where \(brief) was expected"
    }

    private var brief: String {
        switch self {
        case .null: "null"
        case .flag(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .text(let text): "'\(text)'"
        case .list(let list): "a list of \(list.count)"
        case .object(let members): "an object of \(members.count)"
        }
    }
}
