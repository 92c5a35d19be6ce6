internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// The pages and their assets, from one folder.
///
/// Pages are small and change only with the program, so a browser asks each time with the tag of
/// what it holds and mostly gets 304. Their links are relative, whatever stands before them, and so
/// each page is at its one address: with a slash more or less at its end it is said where.
struct PageRoutes: Sendable {
    /// Folder that holds the pages and, below `assets`, what they load.
    let folder: String
    /// Where the site stands.
    let prefix: SitePrefix

    /// Pages load nothing from elsewhere and run no text as code; the browser holds them to it.
    static let contentSecurityPolicy =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; frame-ancestors 'self'; "
        + "base-uri 'none'; form-action 'self'"

    private static let pages = [
        "indicators", "alerts", "devices", "inbox", "changes", "commands", "series",
    ]

    private static let types = [
        "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml", "json": "application/json",
    ]

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.get("/") { request, _ in
            guard request.uri.path.hasSuffix("/") else {
                let last = prefix.path.split(separator: "/").last ?? ""
                return moved(to: "\(last)/", request)
            }
            return try page("index", for: request)
        }
        for name in Self.pages {
            router.get("\(name)") { request, _ in
                guard !request.uri.path.hasSuffix("/") else {
                    return moved(to: "../\(name)", request)
                }
                return try page(name, for: request)
            }
        }
        // Where notifications link to, as those of Prometheus do.
        router.get("graph") { request, _ in
            let parameters = RequestParameters(form: request.uri.query ?? "")
            let expression = parameters.first("g0.expr").map { "?expr=\(PercentEncoding.of($0))" }
            let folder = request.uri.path.hasSuffix("/") ? "../" : ""
            return Response.redirect(to: "\(folder)series\(expression ?? "")", type: .found)
        }
        router.get("assets/:file") { request, context in
            try asset(try context.parameters.require("file"), for: request)
        }
    }

    /// Says where a page is: from the path that was asked for, as a proxy may know it by another.
    private func moved(to path: String, _ request: Request) -> Response {
        let query = request.uri.query.map { "?\($0)" } ?? ""
        return Response.redirect(to: path + query, type: .permanent)
    }

    private func page(_ name: String, for request: Request) throws -> Response {
        try file("\(name).html", type: "text/html; charset=utf-8", for: request)
    }

    private func asset(_ name: String, for request: Request) throws -> Response {
        // A name of these characters without two dots in a row cannot leave the folder.
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }),
            !name.contains(".."),
            let dot = name.lastIndex(of: "."),
            let type = Self.types[String(name[name.index(after: dot)...])]
        else { throw HTTPError(.notFound) }
        return try file("assets/\(name)", type: type, for: request)
    }

    private func file(_ name: String, type: String, for request: Request) throws -> Response {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
            throw HTTPError(.notFound, message: "there is no file \(name) among the pages")
        }
        let tag = Self.tag(of: data)
        var headers: HTTPFields = [.cacheControl: "no-cache", .eTag: tag]
        if request.headers[.ifNoneMatch]?.contains(tag) == true {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = type
        headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        )
    }

    /// FNV-1a of the bytes: tells versions of a file apart, and owes nothing to an adversary.
    private static func tag(of data: Data) -> String {
        let hash = data.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return "\"\(String(hash, radix: 16))\""
    }
}
