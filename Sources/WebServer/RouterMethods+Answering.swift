internal import HTTPTypes
internal import Hummingbird

extension RouterMethods<GatewayRequestContext> {
    /// Answers a path for some methods, and all others with 405 and what is allowed.
    ///
    /// A path that is known must not be "not found": Grafana asks again with GET after a 405.
    /// - Parameters:
    ///   - path: Path in this group.
    ///   - methods: What is answered; GET answers HEAD too.
    ///   - body: Makes the answer.
    func answer(
        _ path: RouterPath,
        _ methods: [HTTPRequest.Method],
        _ body: @escaping @Sendable (inout Request, GatewayRequestContext) async throws -> Response
    ) {
        let allowed = methods.contains(.get) ? methods + [.head, .options] : methods + [.options]
        let list = allowed.map(\.rawValue).joined(separator: ", ")
        for method in methods {
            on(path, method: method) { request, context in
                var request = request
                return try await body(&request, context)
            }
        }
        on(path, method: .options) { _, _ in
            Response(status: .noContent, headers: [.allow: list])
        }
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete]
        where !allowed.contains(method) {
            on(path, method: method) { _, _ -> Response in
                var response = Response.plain(
                    "\(method) is not answered here, only \(list)\n",
                    status: .methodNotAllowed
                )
                response.headers[.allow] = list
                return response
            }
        }
    }
}
