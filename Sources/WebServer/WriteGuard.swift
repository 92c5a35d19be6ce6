internal import HTTPTypes
internal import Hummingbird

/// Keeps pages of other sites from writing through the browser of somebody who may.
///
/// A browser says with every request that is not a plain reading whose page made it; what says
/// nothing is no browser.
/// - Source: Fetch standard, "Origin header"; Fetch Metadata Request Headers, W3C,
///   `Sec-Fetch-Site`.
struct WriteGuard: Sendable {
    /// Whose pages may write beside the gateway's own.
    let allowedOrigins: Set<String>

    /// Looks at who asks.
    ///
    /// - Throws: 403 for the page of another site; `attempt` names what it wanted.
    func check(_ request: Request, _ attempt: String) throws {
        guard isOwnOrAllowed(request) else { throw WriteFault.otherSite.error(attempt) }
    }

    private func isOwnOrAllowed(_ request: Request) -> Bool {
        let origin = request.headers[.origin]
        if let origin, allowedOrigins.contains(origin) { return true }
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }) {
            return site == "same-origin" || site == "none"
        }
        guard let origin else { return true }
        let host = request.head.authority ?? ""
        return !host.isEmpty && (origin == "http://\(host)" || origin == "https://\(host)")
    }
}
