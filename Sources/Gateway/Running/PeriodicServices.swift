internal import Alerting
internal import Ingest
internal import ServiceLifecycle
internal import Synchronization
internal import Telemetry
internal import WebServer

/// Judges the indicators, first when the rules have been judged.
struct VerdictService: Service {
    let runtime: GatewayRuntime

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    private func loop() async {
        var judged: ContinuousClock.Instant?
        while !Task.isCancelled {
            let isDue = judged.map { $0.duration(to: .now) >= IndicatorService.interval } ?? true
            if runtime.hasJudged.withLock({ $0 }), isDue {
                judged = .now
                await runtime.indicators.evaluate(at: runtime.clock())
                runtime.events.send("indicators")
            }
            guard await oneSecond() else { return }
        }
    }
}

/// Sends notifications that are due: all receivers at once, so that a slow one delays no other.
struct DeliveryService: Service {
    let runtime: GatewayRuntime

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { deliveries in
                repeat {
                    let now = runtime.clock()
                    for delivery in await runtime.alerts.startDeliveries(at: now) {
                        deliveries.addTask { await runtime.alerts.carry(delivery, at: now) }
                    }
                } while await oneSecond()
                deliveries.cancelAll()
            }
        }
    }
}

/// Tells open pages that there is something new.
struct PageService: Service {
    let runtime: GatewayRuntime

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    private func loop() async {
        var seen: UInt64 = 0
        repeat {
            let messages = runtime.worker.figures.ingest.messages
            guard messages != seen else { continue }
            seen = messages
            runtime.events.send("overview")
            runtime.events.send("devices")
        } while await oneSecond()
    }
}

/// Takes what the registry says of a new day: on the first of July a village may lie in another
/// commune.
struct DayService: Service {
    let runtime: GatewayRuntime

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    private func loop() async {
        var day = runtime.openedOn
        repeat {
            let today = runtime.today
            guard today != day else { continue }
            day = today
            await runtime.takeRegistryOfToday()
        } while await oneSecond()
    }
}

extension Service {
    /// Waits a second; false when the task was cancelled meanwhile.
    func oneSecond() async -> Bool {
        do {
            try await Task.sleep(for: .seconds(1))
            return true
        } catch {
            return false
        }
    }
}
