internal import Foundation

/// A connection to a server on this machine, kept open, by hand: what measures must cost little.
///
/// An answer ends where `Content-Length` or the last chunk says so.
package final class HTTPConnection {
    private let port: Int
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []
    /// How much of the buffer was read.
    private var start = 0
    private var chunk = [UInt8](repeating: 0, count: 1 << 16)

    /// An answer.
    package struct Answer {
        package let status: Int
        package let body: [UInt8]

        /// The body as text.
        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Connects with the first request.
    package init(port: Int) { self.port = port }

    deinit { end() }

    /// Whether somebody listens on a port.
    package static func connects(to port: Int) -> Bool {
        let connection = HTTPConnection(port: port)
        return (try? connection.open()) != nil
    }

    /// A port that nobody listens on now.
    package static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var (address, length) = (loopback(port: 0), socklen_t(MemoryLayout<sockaddr_in>.size))
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw Failure("no free port on 127.0.0.1: \(errorText())") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Asks for a path.
    package func get(_ path: String) throws -> Answer {
        try ask("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", body: [])
    }

    /// Sends a body; headers end with line breaks.
    package func post(_ path: String, headers: String, body: [UInt8]) throws -> Answer {
        let head =
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(headers)"
            + "Content-Length: \(body.count)\r\n\r\n"
        return try ask(head, body: body)
    }

    private func ask(_ head: String, body: [UInt8]) throws -> Answer {
        if descriptor < 0 { try open() }
        try send(Array(head.utf8))
        if !body.isEmpty { try send(body) }
        let headers = try readHeaders()
        let answer = Answer(status: headers.status, body: try readBody(headers))
        if headers.closes { end() }
        return answer
    }

    // MARK: Answers

    private struct Headers {
        var status = 0
        var length: Int?
        var isChunked = false
        var closes = false
    }

    private func readHeaders() throws -> Headers {
        var headers = Headers()
        let first = try readLine().split(separator: " ")
        guard first.count > 1, let status = Int(first[1]) else {
            throw Failure("127.0.0.1:\(port) does not answer in HTTP")
        }
        headers.status = status
        while true {
            let line = try readLine().lowercased()
            if line.isEmpty { return headers }
            let value = line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
            if line.hasPrefix("content-length:") { headers.length = Int(value) }
            if line.hasPrefix("transfer-encoding:") { headers.isChunked = value == "chunked" }
            if line.hasPrefix("connection:") { headers.closes = value == "close" }
        }
    }

    private func readBody(_ headers: Headers) throws -> [UInt8] {
        if !headers.isChunked { return try take(headers.length ?? 0) }
        var body: [UInt8] = []
        while true {
            guard let count = Int(try readLine().prefix { $0 != ";" }, radix: 16) else {
                throw Failure("127.0.0.1:\(port) sent a chunk without a length")
            }
            body += try take(count)
            _ = try readLine()
            if count == 0 { return body }
        }
    }

    private func readLine() throws -> String {
        while true {
            if let end = buffer[start...].firstIndex(of: 10) {
                defer { start = end + 1 }
                let line = buffer[start..<end]
                return String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
            }
            try receive()
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count - start < count { try receive() }
        defer { start += count }
        return Array(buffer[start..<start + count])
    }

    // MARK: The socket

    private func open() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port: port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            let reason = Self.errorText()
            end()
            throw Failure("cannot connect to 127.0.0.1:\(port): \(reason)")
        }
        var one: Int32 = 1
        setsockopt(
            descriptor,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &one,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    private func end() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        buffer.removeAll()
        start = 0
    }

    private func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { memory in
                Foundation.send(
                    descriptor,
                    memory.baseAddress.map { $0 + offset },
                    bytes.count - offset,
                    Int32(MSG_NOSIGNAL)
                )
            }
            guard count > 0 else {
                throw Failure("cannot send to 127.0.0.1:\(port): \(Self.errorText())")
            }
            offset += count
        }
    }

    private func receive() throws {
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else {
            throw Failure("127.0.0.1:\(port) ended the connection before its answer was whole")
        }
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            start = 0
        }
        buffer += chunk[..<count]
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func errorText() -> String { String(cString: strerror(errno)) }
}
