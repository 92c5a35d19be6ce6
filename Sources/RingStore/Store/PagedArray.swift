/// An array that grows at its end and can be copied for the price of one reference.
///
/// It lies in pages: the first change after a copy duplicates the page that is changed and the
/// list of pages, not the whole. Snapshots share everything else with the writer.
struct PagedArray<Element: Sendable>: Sendable {
    /// Elements of a page; one of the heads of series takes 20 KiB.
    static var pageSize: Int { 256 }

    private var pages: [[Element]] = []
    /// How many elements it holds.
    private(set) var count = 0

    /// The element at an index below ``count``.
    subscript(index: Int) -> Element {
        pages[index / Self.pageSize][index % Self.pageSize]
    }

    /// Adds an element at the end.
    mutating func append(_ element: Element) {
        if count % Self.pageSize == 0 {
            var page: [Element] = []
            page.reserveCapacity(Self.pageSize)
            pages.append(page)
        }
        pages[count / Self.pageSize].append(element)
        count += 1
    }

    /// Lends an element for changing in place.
    mutating func update<Result>(_ index: Int, _ body: (inout Element) -> Result) -> Result {
        body(&pages[index / Self.pageSize][index % Self.pageSize])
    }
}
