internal import Hummingbird

/// Changes of registered devices: another box, another place, the end.
struct DeviceChangeRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    let writeGuard: WriteGuard

    func add(to api: some RouterMethods<GatewayRequestContext>) {
        api.answer("devices/change", [.post]) { request, _ in
            let write = RegistryWrite(
                writeGuard: writeGuard,
                isOpen: backend.takesAdoptions,
                verb: "change",
                command: "langso devices",
                members: "change, device, by and reason"
            )
            let change = try await write.read(request, as: DeviceChangeRequest.self)
            do {
                return try Response.json(await backend.change(change))
            } catch let refusal as DeviceChangeRefusal {
                throw APIError(.badData, "\(refusal)", faults: refusal.notes)
            } catch {
                throw APIError(
                    .internal,
                    "cannot \(change.change) \(change.device): \(error)"
                )
            }
        }
    }
}
