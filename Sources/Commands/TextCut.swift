extension String {
    /// The text up to so many bytes of UTF-8; no letter is cut in two.
    ///
    /// Counted in bytes, as one letter may carry any number of marks.
    func cut(toBytes most: Int) -> String {
        guard utf8.count > most else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: most)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil {
            end = utf8.index(before: end)
        }
        return String(self[..<end])
    }
}
