/// What the web server asks of the part of a gateway that gives commands to devices.
public protocol CommandBackend: Sendable {
    /// Whose token it is; nil for nobody's. Takes as long for a wrong one as for a right one.
    func operatorName(of token: String) -> String?
    /// Gives a command, or says what giving it would do.
    ///
    /// - Throws: ``CommandNotGiven`` for a command that cannot be given, ``APIError`` while
    ///   commands are closed; else what failed.
    func submit(_ request: CommandRequest, by person: String) async throws -> CommandView
    /// What can be told to whom.
    ///
    /// - Throws: ``APIError`` while commands are closed.
    func targets(for person: String) async throws -> CommandTargetsView
    /// The newest commands, the newest first.
    ///
    /// - Throws: ``APIError`` while commands are closed.
    func list(limit: Int) async throws -> CommandsView
    /// One command; nil when there is none of that number.
    ///
    /// - Throws: ``APIError`` while commands are closed.
    func command(_ id: Int) async throws -> CommandView?
}
