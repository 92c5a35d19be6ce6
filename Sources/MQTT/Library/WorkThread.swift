internal import Glibc

/// A thread that runs one closure and can be waited for with a deadline.
final class WorkThread: Sendable {
    private let finished: WakeSignal

    /// Starts the thread.
    init(_ body: sending @escaping () -> Void) throws(MQTTError) {
        let finished = try WakeSignal()
        let box = Body(body, finished: finished)
        var thread = pthread_t()
        // The new thread takes this retain back, whatever becomes of this object.
        let context = unsafe Unmanaged.passRetained(box)
        let code = unsafe pthread_create(&thread, nil, Self.main, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            throw .outOfResources(what: "a thread", reason: SystemError.text(code))
        }
        pthread_detach(thread)
        self.finished = finished
    }

    /// Waits for the closure to return; returns whether it did in time.
    func join(within duration: Duration) -> Bool { finished.wait(for: duration) }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
        { context in
            guard let context = unsafe context else { return nil }
            let box = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
            box.run()
            return nil
        }

    private final class Body {
        private var body: (() -> Void)?
        private let finished: WakeSignal

        init(_ body: @escaping () -> Void, finished: WakeSignal) {
            self.body = body
            self.finished = finished
        }

        /// What the closure holds is let go before anybody learns that it has finished.
        func run() {
            body?()
            body = nil
            finished.signal()
        }
    }
}
