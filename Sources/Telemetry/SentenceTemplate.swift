extension String {
    /// This sentence with values in its places, `{0}` standing for the first.
    ///
    /// A place without a value is left empty; a value that holds `{1}` itself is no place.
    package func filled(with values: [String]) -> String {
        var sentence = ""
        var rest = self[...]
        while let place = rest.firstMatch(of: /\{(\d)\}/) {
            sentence += rest[..<place.range.lowerBound]
            let index = Int(place.output.1) ?? 0
            sentence += index < values.count ? values[index] : ""
            rest = rest[place.range.upperBound...]
        }
        return sentence + rest
    }
}
