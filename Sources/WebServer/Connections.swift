internal import NIOCore
internal import Synchronization

/// Knows of which connections the client has closed its side, or all.
///
/// A client that gives up a request closes its connection; what it asked for need not be worked out
/// any more. As Go's server does, a side closed is taken for that, though the answer is still sent.
final class Connections: Sendable {
    private let closedByClient = Mutex<Set<ObjectIdentifier>>([])

    /// Whether nobody waits for an answer on a connection.
    func isGone(_ channel: any Channel) -> Bool {
        !channel.isActive || closedByClient.withLock { $0.contains(ObjectIdentifier(channel)) }
    }

    /// What watches one connection from within its pipeline.
    func watcher() -> some ChannelInboundHandler & RemovableChannelHandler & Sendable {
        Watcher(connections: self)
    }

    private final class Watcher: ChannelInboundHandler, RemovableChannelHandler, Sendable {
        typealias InboundIn = Any

        let connections: Connections

        init(connections: Connections) { self.connections = connections }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event {
                let identity = ObjectIdentifier(context.channel)
                connections.closedByClient.withLock { _ = $0.insert(identity) }
            }
            context.fireUserInboundEventTriggered(event)
        }

        func channelInactive(context: ChannelHandlerContext) {
            let identity = ObjectIdentifier(context.channel)
            connections.closedByClient.withLock { _ = $0.remove(identity) }
            context.fireChannelInactive()
        }
    }
}
