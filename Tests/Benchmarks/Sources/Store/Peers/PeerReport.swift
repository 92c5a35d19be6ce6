internal import Measuring

/// The table of one run: a row for each measure, a column for each peer with its ratio.
struct PeerReport {
    private var names: [String] = []
    private var measures = Measure.allCases.map(\.rawValue)
    private var figures: [String: [String: Double]] = [:]
    private var notes: [String] = []

    mutating func add(_ peer: String, _ loaded: [Measure: Double]) {
        names.append(peer)
        for (measure, figure) in loaded { figures[measure.rawValue, default: [:]][peer] = figure }
    }

    mutating func add(_ peer: String, _ measure: String, _ figure: Double) {
        if !measures.contains(measure) { measures.append(measure) }
        figures[measure, default: [:]][peer] = figure
    }

    mutating func note(_ text: String) { notes.append(text) }

    /// Prints it; a ratio above 1 means that this store needs less than the peer.
    func show() {
        guard let own = names.first else { return }
        var table = Table(names)
        for measure in measures {
            let row = figures[measure] ?? [:]
            table.add(
                measure,
                names.map { name in
                    guard let figure = row[name] else { return "-" }
                    let text = decimals(figure, 3)
                    guard name != own, let ours = row[own], ours > 0 else { return text }
                    return "\(text) (x\(decimals(figure / ours, 2)))"
                }
            )
        }
        print("\nless is better; in parentheses the peer's figure over this store's")
        table.show()
        if !notes.isEmpty { print("\nanswers that differ:") }
        for note in notes { print(note) }
    }
}
