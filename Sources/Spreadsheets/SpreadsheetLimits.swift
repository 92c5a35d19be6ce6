/// How much a workbook may hold; what exceeds a limit is refused with its number.
public enum SpreadsheetLimits {
    /// Most bytes of a file: 16 MiB, as of any other file of the registry.
    public static let maximumFileBytes = 16 << 20
    /// Most bytes of all parts of a file when they are unpacked: 256 MiB.
    ///
    /// A table of 100 000 rows and 17 columns takes about 100; XML packs ten to one, and a file
    /// that was made to fill the memory a thousand to one.
    public static let maximumUnpackedBytes = 256 << 20
    /// Most parts of a file; a sheet has one to five.
    public static let maximumPartCount = 2000
    /// Most sheets.
    public static let maximumSheetCount = 100
    /// Last row that may hold anything: 100 000 and a heading.
    public static let maximumRowNumber = 100_001
    /// Last column that may hold anything.
    public static let maximumColumnNumber = 256
    /// Most cells of all sheets, empty ones in front of others among them.
    ///
    /// The largest table, of 100 000 rows and 17 columns, has 1.7 million; a row that names its
    /// last column alone takes a few bytes of the file and room for all before it.
    public static let maximumCellCount = 4_000_000
    /// Most texts that cells share.
    public static let maximumSharedTextCount = 2_000_000
    /// Most bytes of one text in UTF-8; the programs stop at 32 767 characters.
    public static let maximumTextBytes = 128 << 10
    /// Most elements of a part inside each other; a text in a run in a cell is the seventh,
    /// and what its run looks like the eighth.
    public static let maximumElementDepth = 256
    /// Most attributes of an element; the beginning of a sheet has about twenty.
    ///
    /// Each is compared with those before it.
    public static let maximumAttributeCount = 100
    /// Most bytes of a name of an element or an attribute.
    ///
    /// Those of SpreadsheetML have some twenty; all of an element are compared with each other.
    public static let maximumNameBytes = 256
    /// Most bytes of an attribute's value: 1 MiB, a hundred thousand places of cells.
    public static let maximumValueBytes = 1 << 20
}
