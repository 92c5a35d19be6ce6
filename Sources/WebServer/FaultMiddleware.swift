internal import HTTPTypes
internal import Hummingbird

/// Gives every answer the headers that all of them owe, and every fault a sentence.
///
/// Under `/api/` a fault comes in Prometheus' envelope, elsewhere as plain text; so do paths of the
/// Prometheus API that do not exist, as there.
struct FaultMiddleware: RouterMiddleware {
    typealias Context = GatewayRequestContext

    /// What stands before the paths of the APIs.
    let prefix: SitePrefix

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as APIError {
            response = try error.response(from: request, context: context)
        } catch let error as HTTPError {
            response = try answer(error, to: request, context: context)
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        // A fault's text must not follow where only a head is expected.
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        _ error: HTTPError,
        to request: Request,
        context: Context
    ) throws -> Response {
        let (path, inside) = (request.uri.path, prefix.rest(of: request.uri.path))
        let sentence =
            error.body
            ?? (error.status == .notFound
                ? "there is nothing at \(request.method) \(path)"
                : "cannot answer \(request.method) \(path): \(error.status)")
        let isUnknown = error.status == .notFound && inside.hasPrefix("/api/v1/")
        guard inside.hasPrefix("/api/"), !isUnknown else {
            return .plain("\(sentence)\n", status: error.status)
        }
        let kind: APIError.Kind =
            switch error.status.kind {
            case .clientError: error.status == .notFound ? .notFound : .badData
            default: .internal
            }
        var response = try APIError(kind, sentence).response(from: request, context: context)
        response.status = error.status
        response.headers[.wwwAuthenticate] = error.headers[.wwwAuthenticate]
        return response
    }
}
