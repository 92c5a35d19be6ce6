internal import Glibc

/// What `poll` found on a socket and on a wake signal.
struct Readiness {
    /// The events of the socket as `poll` names them, 0 when there are none.
    var socketEvents: Int16 = 0
    /// Whether the wake signal was given.
    var isWoken = false

    /// Whether bytes, or the end of them, can be read.
    var isReadable: Bool { socketEvents & Int16(POLLIN | POLLHUP | POLLERR) != 0 }
    /// Whether the other side is gone, or will send no more where that was asked for.
    var isHungUp: Bool {
        socketEvents & (Int16(POLLHUP | POLLERR | POLLNVAL) | Self.otherSideClosed) != 0
    }

    /// Linux's `POLLRDHUP`, which C shows to GNU sources only: the other side will send no more.
    static let otherSideClosed: Int16 = 0x2000

    /// Whether nothing happened until time was up.
    var isQuiet: Bool { socketEvents == 0 && !isWoken }

    /// Waits until the socket has one of the events, or the wake signal is given, or time is up.
    ///
    /// A negative socket is not waited for.
    static func wait(
        socket: Int32,
        events: Int16,
        wake: WakeSignal?,
        for duration: Duration
    ) -> Readiness {
        var descriptors: [2 of pollfd] = [
            pollfd(fd: socket, events: events, revents: 0),
            pollfd(fd: wake?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        // Rounded up, as a wait that ends just before its deadline would turn round at once.
        let milliseconds = max(0, min((duration / .milliseconds(1)).rounded(.up), 86_400_000))
        var span = descriptors.mutableSpan
        // An interrupted wait reports nothing: the caller's loop turns round.
        let count = unsafe span.withUnsafeMutableBufferPointer { buffer in
            unsafe poll(buffer.baseAddress, 2, Int32(milliseconds))
        }
        guard count > 0 else { return Readiness() }
        return Readiness(
            socketEvents: descriptors[0].revents,
            isWoken: descriptors[1].revents != 0
        )
    }
}
