internal import HTTPTypes
internal import Hummingbird

/// Lets pages of other servers read answers, where the operator names them.
///
/// Prometheus lets all in; this gateway none by default: whatever page an official opens could read
/// the commune's data otherwise.
/// - Source: Fetch standard, "CORS protocol"; headers as Prometheus sends them.
struct OriginMiddleware: RouterMiddleware {
    typealias Context = GatewayRequestContext

    /// Origins such as `https://grafana.example`; `*` for every one.
    let allowed: Set<String>

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard !allowed.isEmpty else { return response }
        response.headers[.vary] =
            response.headers[.vary].map { "\($0), Origin" } ?? "Origin"
        guard let origin = request.headers[.origin] else { return response }
        guard allowed.contains("*") || allowed.contains(origin) else { return response }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = "Date"
        if request.method == .options {
            response.headers[.accessControlAllowMethods] =
                response.headers[.allow] ?? "GET, OPTIONS, POST"
            response.headers[.accessControlAllowHeaders] =
                "Accept, Authorization, Content-Type, Origin"
        }
        return response
    }
}
