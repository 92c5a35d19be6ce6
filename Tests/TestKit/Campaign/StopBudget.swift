internal import Synchronization

/// How many stops are left to be made, shared by the threads of a campaign.
final class StopBudget: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) {
        left = Mutex(count)
    }

    /// Takes up to so many.
    func take(_ count: Int) -> Int {
        left.withLock { left in
            let taken = min(left, count)
            left -= taken
            return taken
        }
    }

    /// Gives back what was not made.
    func giveBack(_ count: Int) { left.withLock { $0 += count } }
}
