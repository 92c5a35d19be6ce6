internal import Hummingbird

/// The inbox of unknown devices: who they may be, and the adoption of one.
struct InboxRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    let writeGuard: WriteGuard

    /// Most devices that one answer lists.
    static var mostDevices: Int { 200 }
    /// Devices that an answer lists unless asked for more.
    static var usualDevices: Int { 50 }

    func add(to api: some RouterMethods<GatewayRequestContext>) {
        api.answer("inbox", [.get]) { request, _ in
            let limit = try await RequestParameters(&request).limit() ?? Self.usualDevices
            do {
                return try Response.json(await backend.inbox(limit: min(limit, Self.mostDevices)))
            } catch {
                throw APIError(.internal, "cannot look through the unknown devices: \(error)")
            }
        }
        api.answer("inbox/adopt", [.post]) { request, _ in
            let write = RegistryWrite(
                writeGuard: writeGuard,
                isOpen: backend.takesAdoptions,
                verb: "adopt",
                command: "langso devices adopt",
                members: "device, profile and code"
            )
            let adoption = try await write.read(request, as: AdoptionRequest.self)
            do {
                return try Response.json(await backend.adopt(adoption))
            } catch let refusal as AdoptionRefusal {
                throw APIError(
                    .badData,
                    "cannot adopt \(adoption.device): \(refusal)",
                    faults: refusal.faults.map {
                        NoteView(code: $0.code, values: $0.values, words: $0.words)
                    }
                )
            } catch {
                throw APIError(.internal, "cannot adopt \(adoption.device): \(error)")
            }
        }
    }
}
