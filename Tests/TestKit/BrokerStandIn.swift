import Foundation

/// A stand-in for a broker that a test drives step by step: it listens on a free port of the
/// loopback, and does nothing by itself.
public final class BrokerStandIn: Sendable {
    /// The port that it listens on.
    public let port: Int
    private let descriptor: Int32

    /// Why a socket could not be used.
    public struct Failure: Error, CustomStringConvertible {
        /// What was tried.
        public let description: String
    }

    /// Starts to listen.
    public init() throws {
        let descriptor = socket(AF_INET, Self.closedInChildren, 0)
        var address = Self.loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) | listen(descriptor, 8)
                    | getsockname(descriptor, $0, &size)
            }
        }
        guard code == 0 else { throw Failure(description: "cannot listen: errno \(errno)") }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// Whether somebody listens on a port of the loopback.
    public static func isListening(port: Int) -> Bool { connect(port: port) != nil }

    /// A connection to a broker on the loopback, for a client by hand; nil when nobody listens.
    public static func connect(port: Int) -> BrokerStandInConnection? {
        let descriptor = socket(AF_INET, Self.closedInChildren, 0)
        var address = loopback(port: port)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let connection = BrokerStandInConnection(descriptor: descriptor)
        return code == 0 ? connection : nil
    }

    /// Takes the next connection; nil when none comes in time.
    public func accept(within duration: Duration = .seconds(20)) -> BrokerStandInConnection? {
        guard BrokerStandInConnection.waitReadable(descriptor, for: duration) else { return nil }
        let connection = Foundation.accept(descriptor, nil, nil)
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        return connection >= 0 ? BrokerStandInConnection(descriptor: connection) : nil
    }

    /// A child of another test that inherited a listening socket would answer for a broker.
    private static let closedInChildren = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return address
    }
}
