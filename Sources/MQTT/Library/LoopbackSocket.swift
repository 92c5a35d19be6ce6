internal import Glibc

/// A TCP socket of this machine with itself.
struct LoopbackSocket: ~Copyable {
    private let descriptor: Int32

    private init(_ descriptor: Int32) throws(MQTTError) {
        guard descriptor >= 0 else {
            throw .outOfResources(what: "a loopback socket", reason: SystemError.text(errno))
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Listens on a free port of 127.0.0.1.
    static func listening() throws(MQTTError) -> LoopbackSocket {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let listener = try LoopbackSocket(socket(AF_INET, kind, 0))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener.descriptor, $0, size)
            }
        }
        guard code == 0, listen(listener.descriptor, 1) == 0 else {
            throw .outOfResources(what: "a loopback socket", reason: SystemError.text(errno))
        }
        return listener
    }

    /// The port that was free.
    borrowing func port() throws(MQTTError) -> Int {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        guard code == 0 else {
            throw .outOfResources(what: "a loopback socket", reason: SystemError.text(errno))
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Takes the connection that is waiting, or comes in time.
    borrowing func accept(within duration: Duration) throws(MQTTError) -> LoopbackSocket {
        _ = waitReadable(for: duration)
        return try LoopbackSocket(Glibc.accept(descriptor, nil, nil))
    }

    /// What is there, or comes in time; empty when nothing does.
    borrowing func receive(within duration: Duration) -> [UInt8] {
        guard waitReadable(for: duration) else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: 1_024) { buffer, count in
            count = max(0, unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Sends a few bytes, fewer than a socket's buffer holds.
    borrowing func send(_ bytes: [UInt8]) {
        // A failure shows as a missing answer.
        _ = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    private borrowing func waitReadable(for duration: Duration) -> Bool {
        Readiness.wait(socket: descriptor, events: Int16(POLLIN), wake: nil, for: duration)
            .isReadable
    }
}
