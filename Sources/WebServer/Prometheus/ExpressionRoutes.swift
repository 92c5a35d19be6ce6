internal import Hummingbird
internal import PromQL

/// `format_query` and `parse_query` of the Prometheus API: what editors of expressions ask.
///
/// - Source: Prometheus 3, "HTTP API", "Formatting query expressions" and "Parsing a PromQL
///   expressions into an abstract syntax tree".
struct ExpressionRoutes: Sendable {
    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.answer("format_query", [.get, .post]) { request, _ in
            let expression = try await Self.expression(&request)
            return Response.success { $0.text(expression.formatted) }
        }
        router.answer("parse_query", [.get, .post]) { request, _ in
            let expression = try await Self.expression(&request)
            return Response.success { $0.tree(expression) }
        }
    }

    private static func expression(_ request: inout Request) async throws -> Expression {
        let parameters = try await RequestParameters(&request)
        let text = try parameters.required("query")
        do throws(QueryError) {
            return try PromQLParser.parse(text)
        } catch {
            throw APIError(error, parameter: "query")
        }
    }
}
