/// Figures of some cases as lines, drawn as SVG; the vertical axis begins at zero.
package struct LinePlot {
    private static let colours = ["#1b6ca8", "#c44536", "#3a7d44", "#7d5ba6"]
    private static let (width, height) = (720.0, 360.0)
    /// Where the lines are drawn, edges of the picture apart.
    private static let (left, right, top, bottom) = (50.0, 530.0, 40.0, 310.0)

    private let title: String
    private let across: String
    private let cases: [String]
    private var lines: [(name: String, figures: [Double])] = []

    /// Begins a plot of some cases, which lie at equal distances from left to right.
    package init(_ title: String, across: String, cases: [String]) {
        self.title = title
        self.across = across
        self.cases = cases
    }

    /// Adds a line with a figure, zero or more, for each case.
    package mutating func add(_ name: String, _ figures: [Double]) {
        lines.append((name: name, figures: figures))
    }

    /// The picture.
    package var svg: String {
        let highest = max(1, lines.flatMap(\.figures).max() ?? 1).rounded(.up)
        let size = "\(Int(Self.width)) \(Int(Self.height))"
        var parts = [
            #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(size)" "#
                + #"font-family="sans-serif" font-size="13">"#,
            #"<rect width="100%" height="100%" fill="white"/>"#,
            text(title, Self.left, 24),
            text(across, (Self.left + Self.right) / 2, Self.bottom + 38, anchor: "middle"),
        ]
        for (index, name) in cases.enumerated() {
            parts.append(text(name, horizontal(index), Self.bottom + 18, anchor: "middle"))
        }
        for mark in stride(from: 0, through: highest, by: max(1, (highest / 6).rounded(.up))) {
            let place = vertical(mark, highest)
            parts.append(
                #"<path d="M\#(Self.left) \#(decimals(place, 1))H\#(Self.right)" stroke="silver"/>"#
            )
            parts.append(text("\(Int(mark))", Self.left - 8, place + 4, anchor: "end"))
        }
        for (index, line) in lines.enumerated() {
            let colour = Self.colours[index % Self.colours.count]
            let points = line.figures.enumerated().map { index, figure in
                decimals(horizontal(index), 1) + "," + decimals(vertical(figure, highest), 1)
            }
            parts.append(
                #"<polyline points="\#(points.joined(separator: " "))" fill="none" "#
                    + #"stroke="\#(colour)" stroke-width="2"/>"#
            )
            let place = Self.top + 10 + 20 * Double(index)
            parts.append(text(line.name, Self.right + 20, place, colour: colour))
        }
        return parts.joined(separator: "\n") + "\n</svg>\n"
    }

    private func horizontal(_ index: Int) -> Double {
        let step = (Self.right - Self.left) / Double(max(1, cases.count - 1))
        return Self.left + step * Double(index)
    }

    private func vertical(_ figure: Double, _ highest: Double) -> Double {
        Self.bottom - (Self.bottom - Self.top) * figure / highest
    }

    private func text(
        _ text: String,
        _ x: Double,
        _ y: Double,
        anchor: String = "start",
        colour: String = "black"
    ) -> String {
        #"<text x="\#(decimals(x, 1))" y="\#(decimals(y, 1))" text-anchor="\#(anchor)" "#
            + #"fill="\#(colour)">\#(text)</text>"#
    }
}
