extension SealedRun {
    /// Which chunks a reader leaves out and counts as damaged.
    enum Skipping {
        case nothing
        /// Those that do not pass their check.
        case damaged
        /// Those as well that the disk refuses to read, however often it is asked.
        case unreadable

        /// How often the disk is asked before samples are given up.
        ///
        /// A fault that passes must not cost any: where one of 150 calls fails by chance, four in a
        /// row are one of 500 million. Each may take a broken drive seconds.
        private static let attempts = 4

        /// Whether a reader goes on without what a fault is about.
        func covers(_ fault: RunFault) -> Bool {
            switch fault {
            case .gaveWay: false
            case .damaged: self != .nothing
            case .file: self == .unreadable
            }
        }

        /// Reads something that is given up when it cannot be read, and does so again a few times
        /// before; everything else is read once.
        func reading<Result>(
            _ body: () throws(RunFault) -> Result
        ) throws(RunFault) -> Result {
            var left = self == .unreadable ? Self.attempts : 1
            while true {
                do {
                    return try body()
                } catch {
                    left -= 1
                    guard case .file = error, left > 0 else { throw error }
                }
            }
        }
    }
}
