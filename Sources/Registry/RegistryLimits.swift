/// How much a registry takes; what exceeds a limit is refused with its number.
public enum RegistryLimits {
    /// Most bytes of one imported file: 16 MiB, about 160 bytes for each allowed line.
    public static let maximumFileBytes = 16 << 20
    /// Most lines of one imported file, and most rows of one table.
    public static let maximumRowCount = 100_000
    /// Most devices; as many as the store's series were measured with.
    public static let maximumDeviceCount = 50_000
    /// Most characters of a code, which are ASCII.
    public static let maximumCodeLength = 64
    /// Most bytes of a name, a document or a source, in UTF-8.
    public static let maximumTextBytes = 500
    /// Most bytes of a device's address, in UTF-8.
    public static let maximumAddressBytes = 128
    /// Most items of a list in one field.
    public static let maximumListCount = 1000
    /// Most times that refused lines make others of their table refused in turn, one after another.
    ///
    /// Each time costs a look at the whole table; a chain of addresses handed on from device to
    /// device could be as long as the table. Beyond it every line of the table is refused.
    public static let maximumRefusalRounds = 25
    /// Most lines of the audit log; the oldest give way.
    public static let maximumAuditCount = 10_000
    /// Farthest that a device may lie from its village before the import warns.
    public static let farKilometres = 50.0
    /// Most minutes that a lighting programme may lie from sunset or sunrise.
    ///
    /// Four hours: less than half of the shortest night in Vietnam.
    public static let maximumSunOffsetMinutes = 240
    /// Most refused lines and most warnings that a report's text shows.
    public static let maximumShownFaults = 100
}
