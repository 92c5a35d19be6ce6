internal import CoreMetrics
internal import HTTPTypes
internal import Hummingbird

/// Counts requests by their status, and how long each route takes to make its answers.
///
/// Hummingbird's own counts when a body has been written, which one of a HEAD never is, and by
/// every route, method and status that anybody tries; what nobody serves here counts as one route.
struct RequestMetricsMiddleware: RouterMiddleware {
    typealias Context = GatewayRequestContext

    let factory: any MetricsFactory
    /// What is left out of the names of routes.
    let prefix: SitePrefix

    /// The route of everything that no route answers.
    private static let otherRoute = "other"

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let underWay = Meter(label: "http_requests_in_flight", dimensions: [], factory: factory)
        underWay.increment()
        defer { underWay.decrement() }
        let clock = ContinuousClock()
        let begun = clock.now
        do {
            let response = try await next(request, context)
            note(response.status, context, begun.duration(to: clock.now))
            return response
        } catch {
            let status = (error as? any HTTPResponseError)?.status ?? .internalServerError
            note(status, context, begun.duration(to: clock.now))
            throw error
        }
    }

    private func note(_ status: HTTPResponse.Status, _ context: Context, _ duration: Duration) {
        let isServed = status != .notFound && status != .methodNotAllowed
        let route = isServed ? context.endpointPath.map(prefix.rest) : nil
        Counter(
            label: "http_requests_total",
            dimensions: [("code", "\(status.code)")],
            factory: factory
        ).increment()
        Timer(
            label: "http_request_duration",
            dimensions: [("handler", route ?? Self.otherRoute)],
            factory: factory
        ).recordSeconds(duration / .seconds(1))
    }
}
