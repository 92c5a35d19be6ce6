internal import CMosquitto
internal import Glibc

/// A descriptor that one thread makes readable and another waits for.
///
/// Many signals before one look count as one, so that signalling never waits.
final class WakeSignal: Sendable {
    /// Readable from the first signal until ``clear()``.
    let descriptor: Int32

    init() throws(MQTTError) {
        let flags = Int32(EFD_CLOEXEC | EFD_NONBLOCK)
        descriptor = eventfd(0, flags)
        guard descriptor >= 0 else {
            throw .outOfResources(what: "an event descriptor", reason: SystemError.text(errno))
        }
    }

    deinit { close(descriptor) }

    /// Makes the descriptor readable.
    func signal() {
        // Fails only when the count is at its largest: then the descriptor is readable anyway.
        _ = eventfd_write(descriptor, 1)
    }

    /// Makes the descriptor unreadable again.
    func clear() {
        var count: eventfd_t = 0
        // Fails only when nothing was signalled, which is what was wanted.
        _ = unsafe eventfd_read(descriptor, &count)
    }

    /// Waits for a signal and tells whether one came in time, without clearing it.
    func wait(for duration: Duration) -> Bool {
        Readiness.wait(socket: descriptor, events: Int16(POLLIN), wake: nil, for: duration)
            .socketEvents != 0
    }
}
