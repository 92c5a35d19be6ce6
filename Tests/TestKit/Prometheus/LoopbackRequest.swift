import Foundation

/// A request to a server on this machine, one connection each, for tests that ask many times.
public enum LoopbackRequest {
    /// What a server has answered.
    public struct Answer: Sendable {
        /// The code of the first line.
        public let status: Int
        /// All that follows the headers.
        public let body: [UInt8]
    }

    /// Posts a form and waits for the answer; nil when there is none in time.
    public static func post(
        port: Int,
        path: String,
        form: [(name: String, value: String)],
        within duration: Duration = .seconds(30)
    ) -> Answer? {
        let body = form.map { "\($0.name)=\(encoded($0.value))" }.joined(separator: "&")
        // Version 1.0 has neither chunks nor connections that are kept.
        return send(
            "POST \(path) HTTP/1.0\r\nHost: localhost\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)",
            to: port,
            within: duration
        )
    }

    /// Gets a page; nil when there is no answer in time.
    public static func get(
        port: Int,
        path: String,
        within duration: Duration = .seconds(30)
    ) -> Answer? {
        send("GET \(path) HTTP/1.0\r\nHost: localhost\r\n\r\n", to: port, within: duration)
    }

    private static func send(_ text: String, to port: Int, within duration: Duration) -> Answer? {
        guard let connection = BrokerStandIn.connect(port: port) else { return nil }
        connection.send(Array(text.utf8))
        let answer = Data(connection.receiveAll(within: duration))
        guard let end = answer.firstRange(of: Data("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: answer[..<end.lowerBound], as: UTF8.self)
        let words = head.split(separator: " ", maxSplits: 2)
        guard words.count > 1, let status = Int(words[1]) else { return nil }
        return Answer(status: status, body: Array(answer[end.upperBound...]))
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
