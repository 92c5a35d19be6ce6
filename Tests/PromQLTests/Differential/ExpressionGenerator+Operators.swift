extension ExpressionGenerator {
    /// An operator between a vector and a scalar, or a sign.
    mutating func withScalar(_ depth: Int, _ need: Need) -> Vector {
        let operand = vector(depth - 1, need)
        let text: String
        switch Int.random(in: 0..<8, using: &random) {
        case 0: text = "-\(operand.operand)"
        case 1: text = "+\(operand.operand)"
        case 2: text = "\(operand.operand) * \(one(of: ["2", "0.5", "-4"]))"
        case 3: text = "\(one(of: ["1.5", "-8"])) - \(operand.operand)"
        case 4 where need != .dyadic: text = "\(operand.operand) / \(scalar(1, closed: true))"
        case 5 where need != .dyadic && operand.gives.contains(.exact):
            text = "\(operand.operand) % \(one(of: ["7", "-0.75", "0", "Inf"]))"
        case 6 where !need.contains(.exact):
            let power = one(of: ["2", "0.5", "-1", "0"])
            return Vector(
                text: chance(50)
                    ? "\(operand.operand) ^ \(power)" : "-\(operand.operand) ^ \(power)",
                labels: operand.labels,
                gives: [],
                isOpen: true
            )
        case 7 where !need.contains(.exact):
            let text = "abs(\(operand.operand) atan2 \(scalar(0)))"
            return Vector(text: text, labels: operand.labels, gives: [])
        default:
            // Parentheses that name nothing are let pass beside a number.
            text = "\(operand.operand) + \(one(of: ["", "", "on () ", "ignoring () "]))0.25"
        }
        return Vector(
            text: text,
            labels: operand.labels,
            gives: need == .dyadic ? .dyadic : operand.gives.intersection(.exact),
            isOpen: true
        )
    }

    private mutating func scalar(_ depth: Int, closed: Bool) -> String { "(\(scalar(depth)))" }

    /// Arithmetic between vectors.
    mutating func betweenVectors(_ depth: Int, _ need: Need) -> Vector {
        let isExact = need.contains(.exact) || chance(60)
        let inner = isExact ? need.union(.exact) : need
        if chance(15), need != .dyadic { return informed(need) }
        // Sums of what is rounded could cancel to nothing but rounding.
        let operations: [String]
        if need == .dyadic {
            operations = ["+", "-"]
        } else {
            operations = isExact ? ["+", "-", "*", "/", "%"] : ["*", "/"]
        }
        return matched(one(of: operations), depth, inner, gives: isExact ? inner : [])
    }

    /// A lamp's values with what is known of the lamp.
    private mutating func informed(_ need: Need) -> Vector {
        let lamps = matched(GeneratedMetric.all[0]) + modifiers()
        let included = subset(of: ["model", "firmware", "nothing"])
        let list = included.isEmpty ? "" : " (\(included.joined(separator: ", ")))"
        let operation = one(of: ["*", "/", ">=", "!=", "<= bool"])
        let matching = one(of: [
            "on (device)", "on (device, village)", "ignoring (model, firmware, nothing)",
            "ON (device)",
        ])
        let text =
            chance(50)
            ? "\(lamps) \(operation) \(matching) group_left\(list) device_info"
            : "device_info \(operation) \(matching) group_right\(list) \(lamps)"
        let labels = GeneratedMetric.all[0].labels
        if chance(20), !need.contains(.exact) {
            let text = "abs(\(lamps) atan2 on (device) device_info)"
            return Vector(text: text, labels: ["device"], gives: [])
        }
        return Vector(text: text, labels: labels, gives: .exact, isOpen: true)
    }

    /// A comparison: with a number, between vectors, as a filter or with `bool`.
    mutating func comparison(_ depth: Int, _ need: Need) -> Vector {
        let comparison = one(of: ["==", "!=", "<", ">", "<=", ">="])
        let isBool = chance(35)
        let operation = comparison + (isBool ? " bool" : "")
        if chance(40) {
            let gives = isBool ? Need.dyadic : need.union(.exact)
            return matched(operation, depth, need.union(.exact), gives: gives)
        }
        let metric = metric(need.union(.exact))
        let isLeaf = chance(50)
        let operand = isLeaf ? leaf(of: metric) : vector(depth - 1, need.union(.exact))
        let number = isLeaf && chance(80) ? metric.middle : scalar(0)
        let text =
            chance(70)
            ? "\(operand.operand) \(operation) \(number)"
            : "\(number) \(operation) \(operand.operand)"
        return Vector(
            text: text,
            labels: operand.labels,
            gives: isBool ? .dyadic : operand.gives,
            isOpen: true
        )
    }

    private mutating func leaf(of metric: GeneratedMetric) -> Vector {
        let text =
            metric.seconds > 300 ? "last_over_time(\(range(of: metric)))" : matched(metric)
        return Vector(text: text, labels: metric.labels, gives: metric.gives)
    }

    /// A set operator.
    mutating func set(_ depth: Int, _ need: Need) -> Vector {
        let left = vector(depth - 1, need)
        let right = vector(depth - 1, need)
        let common = left.labels.intersection(right.labels)
        let names = subset(of: common.isEmpty ? left.labels : common)
        let operation = one(of: ["and", "unless", "or", "AND", "Or"])
        let matching: String
        switch Int.random(in: 0..<3, using: &random) {
        case 0: matching = " on (\(names.joined(separator: ", ")))"
        case 1 where operation.lowercased() != "or":
            let others = left.labels.union(right.labels).subtracting(names)
            matching = " ignoring (\(others.sorted().joined(separator: ", ")))"
        default: matching = ""
        }
        let isUnion = operation.lowercased() == "or"
        return Vector(
            text: "\(left.operand) \(operation)\(matching) \(right.operand)",
            // Names that only one side has lie beside the others.
            labels: isUnion ? left.labels.union(right.labels) : left.labels,
            gives: isUnion ? left.gives.intersection(right.gives) : left.gives,
            isOpen: true
        )
        .closed(isUnion && left.labels != right.labels)
    }

    /// An operator between vectors that match one to one, or many to one.
    private mutating func matched(
        _ operation: String,
        _ depth: Int,
        _ need: Need,
        gives: Need
    ) -> Vector {
        let left = vector(depth - 1, need)
        let other = vector(depth - 1, need)
        if left.labels == other.labels, chance(50) {
            let text = "\(left.operand) \(operation) \(other.operand)"
            return Vector(text: text, labels: left.labels, gives: gives, isOpen: true)
        }
        let common = subset(of: left.labels.intersection(other.labels))
        let list = common.joined(separator: ", ")
        let fold =
            need.contains(.exact) ? one(of: ["max", "min", "count"]) : one(of: ["avg", "max"])
        let right = "\(fold) by (\(list)) (\(other.text))"
        let matching =
            chance(50)
            ? "on (\(list))"
            : "ignoring (\(left.labels.subtracting(common).sorted().joined(separator: ", ")))"
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            let folded = "\(fold) by (\(list)) (\(left.text))"
            let text = "\(folded) \(operation) on (\(list)) \(right)"
            return Vector(text: text, labels: Set(common), gives: gives, isOpen: true)
        case 1:
            // On the other side the many keep their labels too.
            let text = "\(right) \(operation) \(matching) group_right \(left.operand)"
            return Vector(text: text, labels: left.labels, gives: gives, isOpen: true)
        default:
            let text = "\(left.operand) \(operation) \(matching) group_left () \(right)"
            return Vector(text: text, labels: left.labels, gives: gives, isOpen: true)
        }
    }
}

extension ExpressionGenerator.Vector {
    /// The vector without what tells its elements apart, where that is no longer known.
    fileprivate func closed(_ isMixed: Bool) -> Self {
        guard isMixed else { return self }
        return ExpressionGenerator.Vector(text: "count(\(text))", labels: [], gives: .dyadic)
    }
}
