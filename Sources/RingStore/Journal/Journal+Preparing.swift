extension Journal {
    /// Zeros that are written at once: a disk takes them in a moment.
    static let preparedBytes: UInt64 = 1 << 20

    /// Writes zeros where no record has been yet, in the first lap of the ring, some way ahead of
    /// what is written there next.
    ///
    /// They are read there anyway, but of reserved space the file system notes whether it was
    /// written. Were that left to the commits, each would wait for the note to be written as well.
    ///
    /// - Parameter positions: What is written next; they lie in one segment, behind the head.
    /// - Throws: ``JournalError/file(_:)``.
    mutating func prepare(_ positions: Range<UInt64>) throws(JournalError) {
        let segment = geometry.segment(of: positions.lowerBound)
        guard segment < geometry.segmentCount, positions.upperBound > preparedEnd else { return }
        let steps = (positions.upperBound + Self.preparedBytes - 1) / Self.preparedBytes
        let end = min(steps * Self.preparedBytes, geometry.start(of: segment + 1))
        var position = max(preparedEnd, geometry.start(of: segment))
        let zeros = [UInt8](repeating: 0, count: Int(min(64 << 10, end - position)))
        while position < end {
            let count = Int(min(end - position, UInt64(zeros.count)))
            try unsafe write(zeros.span.bytes.extracting(first: count), at: position)
            position += UInt64(count)
        }
        preparedEnd = end
    }
}
