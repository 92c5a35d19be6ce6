internal import Telemetry

/// The labels of the series that a record names, one series after the other.
///
/// Those that follow each other share most labels: only what differs is taken over, and written.
struct NamedLabels {
    /// Labels of the series named last, in the order of their names.
    private(set) var labels: [Label] = []
    /// How much of each must be written behind the series named before.
    private(set) var forms: [SampleRecord.LabelForm] = []
    /// The numbers of the labels, where labels have some: the same number is the same label.
    private var numbers: [UInt32] = []

    /// Names the next series by its labels.
    mutating func name(_ labels: [Label]) {
        forms.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        for place in labels.indices { put(labels[place], at: place) }
        self.labels.removeLast(self.labels.count - labels.count)
    }

    /// Names the next series by the numbers of its labels; texts are fetched of those only that the
    /// series before has not in the same place.
    mutating func name(
        _ count: Int,
        number: (_ place: Int) -> UInt32,
        label: (_ number: UInt32) -> Label
    ) {
        forms.removeAll(keepingCapacity: true)
        for place in 0..<count {
            let number = number(place)
            if place < numbers.count {
                guard numbers[place] != number else {
                    forms.append(.same)
                    continue
                }
                numbers[place] = number
            } else {
                numbers.append(number)
            }
            put(label(number), at: place)
        }
        numbers.removeLast(numbers.count - count)
        labels.removeLast(labels.count - count)
    }

    private mutating func put(_ label: Label, at place: Int) {
        guard place < labels.count else {
            labels.append(label)
            forms.append(.full)
            return
        }
        if labels[place].name != label.name {
            forms.append(.full)
        } else {
            forms.append(labels[place].value == label.value ? .same : .value)
        }
        labels[place] = label
    }
}
