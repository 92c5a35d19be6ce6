public import Hummingbird

/// What a request carries through its handlers.
public struct GatewayRequestContext: RequestContext {
    /// What Hummingbird itself keeps of the request.
    public var coreContext: CoreRequestContextStorage

    /// Creates the context of one request.
    public init(source: Source) {
        coreContext = .init(source: source)
    }

    /// Largest body of any request: 1 MiB.
    public var maxUploadSize: Int { RequestParameters.maximumBodyBytes }
}
