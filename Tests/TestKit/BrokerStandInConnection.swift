import Foundation

/// One connection to a ``BrokerStandIn``, in packets of MQTT 3.1.1.
public final class BrokerStandInConnection {
    private let descriptor: Int32
    private var bytes: [UInt8] = []

    /// A packet as it came.
    public struct Packet: Hashable, Sendable {
        /// The first byte without its flags: 0x10 for CONNECT, 0x40 for PUBACK.
        public let kind: UInt8
        /// Everything behind the length.
        public let body: [UInt8]

        /// The first two bytes as a number, the identifier of most packets.
        public var identifier: Int {
            body.count < 2 ? 0 : Int(body[0]) << 8 | Int(body[1])
        }
    }

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var one: Int32 = 1
        setsockopt(
            descriptor,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &one,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    deinit { close(descriptor) }

    /// The next packet; nil when none comes in time or the other side is gone.
    public func receive(within duration: Duration = .seconds(20)) -> Packet? {
        let end = ContinuousClock.now + duration
        while true {
            if let packet = takePacket() { return packet }
            let left = ContinuousClock.now.duration(to: end)
            guard Self.waitReadable(descriptor, for: left) else { return nil }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// Whether the other side ends the connection in time; packets that come are dropped.
    public func isClosed(within duration: Duration = .seconds(20)) -> Bool {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {
            let left = ContinuousClock.now.duration(to: end)
            guard Self.waitReadable(descriptor, for: left) else { return false }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            if recv(descriptor, &buffer, buffer.count, 0) <= 0 { return true }
        }
        return false
    }

    /// Everything that comes until the other side ends the connection, or until the time is over.
    public func receiveAll(within duration: Duration) -> [UInt8] {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end {
            let left = ContinuousClock.now.duration(to: end)
            guard Self.waitReadable(descriptor, for: left) else { break }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        defer { bytes = [] }
        return bytes
    }

    /// Answers the greeting: CONNECT with CONNACK, SUBSCRIBE with SUBACK for `filterCount` filters.
    public func greet(sessionIsPresent: Bool = false, filterCount: Int = 1) -> Bool {
        guard receive()?.kind == 0x10 else { return false }
        send([0x20, 2, sessionIsPresent ? 1 : 0, 0])
        guard filterCount > 0 else { return true }
        guard let subscribe = receive(), subscribe.kind == 0x80 else { return false }
        let grants = [UInt8](repeating: 1, count: filterCount)
        send([0x90, UInt8(2 + filterCount), subscribe.body[0], subscribe.body[1]] + grants)
        return true
    }

    /// Sends a message at QoS 1.
    public func publish(topic: String, payload: [UInt8], identifier: Int) {
        send(Self.publishPacket(topic: topic, payload: payload, identifier: identifier))
    }

    /// The bytes of a message at QoS 1.
    public static func publishPacket(
        topic: String,
        payload: [UInt8],
        identifier: Int
    ) -> [UInt8] {
        var length = 2 + topic.utf8.count + 2 + payload.count
        var packet: [UInt8] = [0x32]
        repeat {
            let digit = UInt8(length % 128)
            length /= 128
            packet.append(digit | (length > 0 ? 0x80 : 0))
        } while length > 0
        packet += [UInt8(topic.utf8.count >> 8), UInt8(topic.utf8.count & 255)]
        packet += topic.utf8
        packet += [UInt8(identifier >> 8), UInt8(identifier & 255)]
        return packet + payload
    }

    /// Sends bytes, all of them.
    public func send(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(
                    descriptor,
                    $0.baseAddress?.advanced(by: start),
                    bytes.count - start,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count <= 0 { return }
            start += count
        }
    }

    /// Sends bytes while it takes and drops what comes back, for a sender of many messages;
    /// returns how many bytes came back.
    public func stream(_ bytes: [UInt8]) -> Int {
        var start = 0
        var received = 0
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while start < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(
                    descriptor,
                    $0.baseAddress?.advanced(by: start),
                    bytes.count - start,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                )
            }
            if count > 0 {
                start += count
            } else {
                var wait = pollfd(fd: descriptor, events: Int16(POLLIN | POLLOUT), revents: 0)
                guard errno == EAGAIN, poll(&wait, 1, 10_000) > 0 else { return received }
            }
            let answer = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if answer > 0 { received += answer }
        }
        return received
    }

    static func waitReadable(_ descriptor: Int32, for duration: Duration) -> Bool {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = max(0, (duration / .milliseconds(1)).rounded(.up))
        return poll(&wait, 1, Int32(min(milliseconds, 600_000))) > 0
    }

    private func takePacket() -> Packet? {
        var length = 0
        var scale = 1
        var index = 1
        while true {
            guard index < bytes.count else { return nil }
            length += Int(bytes[index] & 127) * scale
            scale *= 128
            index += 1
            if bytes[index - 1] < 128 { break }
        }
        guard bytes.count >= index + length else { return nil }
        let packet = Packet(kind: bytes[0] & 0xF0, body: Array(bytes[index..<index + length]))
        bytes.removeFirst(index + length)
        return packet
    }
}
