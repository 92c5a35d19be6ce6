/// How one wide csv record becomes several messages, one for each of some columns.
struct Explosion: Hashable, Sendable {
    /// One of the columns.
    struct Column: Hashable, Sendable {
        /// Its name in the file.
        let column: String
        /// What topic and members call it.
        let name: String
    }

    /// The columns in the order of the mapping; never empty.
    let columns: [Column]
    /// Column that is added and holds the name.
    let nameColumn: String
    /// Column that is added and holds the value.
    let valueColumn: String
}
