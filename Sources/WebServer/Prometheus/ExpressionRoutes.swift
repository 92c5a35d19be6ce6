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
        try await RequestParameters(&request).expression()
    }
}

extension RequestParameters {
    /// The text of `query`; empty where there is none.
    var query: String { first("query") ?? "" }

    /// The expression of `query`; where there is none, its text is read as an empty one.
    ///
    /// - Parameter isNamed: Whether a fault names the parameter.
    /// - Returns: The expression.
    /// - Throws: ``APIError`` of kind bad data.
    func expression(isNamed: Bool = true) throws(APIError) -> Expression {
        do throws(QueryError) {
            return try PromQLParser.parse(query)
        } catch {
            throw APIError(error, parameter: isNamed ? "query" : nil)
        }
    }
}
