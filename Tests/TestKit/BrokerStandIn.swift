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
    ///
    /// On a port below those that Linux hands out by itself (32768 and above,
    /// `net.ipv4.ip_local_port_range`): one of those may have been another test's broker, whose
    /// clients look for it still, and would be taken for the client that is tested.
    public init() throws {
        let descriptor = socket(AF_INET, Self.closedInChildren, 0)
        for _ in 0..<Self.attempts {
            let port = Int.random(in: Self.ports)
            var address = Self.loopback(port: port)
            let code = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard code == 0, listen(descriptor, 8) == 0 else { continue }
            self.descriptor = descriptor
            self.port = port
            return
        }
        let code = errno
        close(descriptor)
        throw Failure(description: "cannot listen on any of \(Self.attempts) ports: errno \(code)")
    }

    private static let ports = 20_000..<32_768
    private static let attempts = 100

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
