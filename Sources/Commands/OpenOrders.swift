internal import Telemetry

/// Which orders of a book are not done, found by what is asked of them many times a second: what
/// waits to be sent, whom somebody waits for, whose answer it is, and whose time is over.
///
/// Each answer costs as much as it holds; a change costs a search in a sorted array and a shift of
/// a few bytes for each of at most ``CommandLimits/openOrders`` orders.
struct OpenOrders {
    /// Where an order stands: the number of its command, and its index in that.
    struct Place: Hashable, Comparable {
        let command: Int
        let index: Int

        static func < (one: Place, other: Place) -> Bool {
            (one.command, one.index) < (other.command, other.index)
        }
    }

    private struct End: Comparable {
        let time: Instant
        let place: Place

        static func < (one: End, other: End) -> Bool {
            (one.time, one.place) < (other.time, other.place)
        }
    }

    /// Those that are not sent yet, in the order in which they were accepted.
    private(set) var waiting: [Place] = []
    private var underWay: [String: [Place]] = [:]
    private var tokens: [String: Place] = [:]
    private var ends: [End] = []

    /// How many there are.
    var count: Int { ends.count }

    /// All of them, in the order in which they were accepted.
    var all: [Place] { ends.map(\.place).sorted() }

    /// Addresses of the devices that may have been reached, and are waited for.
    var addresses: Set<String> { Set(underWay.keys) }

    /// Those that may have reached the device of an address.
    func underWay(to address: String) -> [Place] { underWay[address] ?? [] }

    /// The one that a network server names, where it may have been reached.
    func underWay(with token: String) -> Place? { tokens[token] }

    /// Those whose time was over before an instant, the longest over first.
    func over(before now: Instant) -> [Place] { ends.prefix { $0.time < now }.map(\.place) }

    /// Takes an order in as it is; one that is done is left out.
    mutating func insert(_ order: CommandOrder, at place: Place) {
        guard !order.state.isFinal else { return }
        ends.insertSorted(End(time: order.end, place: place))
        if order.state == .accepted { return waiting.insertSorted(place) }
        underWay[order.address, default: []].insertSorted(place)
        tokens[order.token] = place
    }

    /// Takes an order out that was inserted as it is.
    mutating func remove(_ order: CommandOrder, at place: Place) {
        guard !order.state.isFinal else { return }
        ends.removeSorted(End(time: order.end, place: place))
        if order.state == .accepted { return waiting.removeSorted(place) }
        underWay[order.address]?.removeSorted(place)
        if underWay[order.address]?.isEmpty == true { underWay[order.address] = nil }
        if tokens[order.token] == place { tokens[order.token] = nil }
    }
}

extension CommandOrder {
    /// When nothing more is awaited: of one that waits when it may not be sent any more, of one
    /// that was sent when no report counts any more.
    fileprivate var end: Instant { deadline ?? changedAt + CommandLimits.sendsWithin }
}

extension Array where Element: Comparable {
    /// Where an element stands in a sorted array, or would.
    private func place(of element: Element) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low
    }

    fileprivate mutating func insertSorted(_ element: Element) {
        insert(element, at: place(of: element))
    }

    fileprivate mutating func removeSorted(_ element: Element) {
        let place = place(of: element)
        if place < count, self[place] == element { remove(at: place) }
    }
}
