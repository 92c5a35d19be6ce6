/// A ``WindowPart`` that can be told from one sample.
protocol SamplePart: WindowPart {
    /// What there is to know of one sample; its time in milliseconds.
    init(time: Int64, value: Double)
}
