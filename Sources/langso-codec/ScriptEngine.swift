internal import CJavaScriptCore
internal import CConfinement
internal import CodecSandbox

/// JavaScriptCore with the scripts of the codecs: one group of contexts, in which compiled code is
/// shared, and a fresh context for each call unless the codec's contexts are kept.
///
/// A context made in the group takes 0.3 ms, one in a group of its own 1.6 ms. Belongs to one
/// thread. References to objects of the engine are valid while their context is; each function
/// that holds one releases the context after it.
@safe final class ScriptEngine {
    @safe private struct Script {
        let source: JSStringRef
        /// What its contexts have beside the language.
        let parts: [Part]
        let keepsContexts: Bool
        /// The operator's variables, JSON text in UTF-16.
        let variables: [UInt16]
    }

    /// What a script may need, and most do without: it takes time to make.
    private enum Part: CaseIterable {
        case buffer
        case console

        var source: String {
            switch self {
            case .buffer: BufferScript.script
            case .console: Prelude.console
            }
        }

        func isNeeded(by script: String) -> Bool {
            switch self {
            case .buffer: BufferScript.isNeeded(by: script)
            case .console: Prelude.consoleIsNeeded(by: script)
            }
        }
    }

    private struct KeptKey: Hashable {
        let codec: UInt32
        let device: String
    }

    private struct Kept {
        let context: Context
        var lastUse: UInt64
    }

    /// A context with its codec's script, and the function that calls it.
    @safe private struct Context {
        let context: JSGlobalContextRef
        let decode: JSObjectRef
    }

    /// A call that gave no result, in words.
    struct Failure: Error {
        let words: String
    }

    private let group: JSContextGroupRef
    private let isOverTime: UnsafeMutablePointer<Bool>
    private let prelude: JSStringRef
    @safe private let parts: [Part: JSStringRef]
    private var scripts: [UInt32: Script] = [:]
    private var kept: [KeptKey: Kept] = [:]
    private var uses: UInt64 = 0

    init() {
        unsafe group = JSContextGroupCreate()
        unsafe isOverTime = .allocate(capacity: 1)
        unsafe isOverTime.initialize(to: false)
        unsafe prelude = Self.string(Prelude.script)
        var parts: [Part: JSStringRef] = unsafe [:]
        for part in Part.allCases { unsafe parts[part] = Self.string(part.source) }
        unsafe self.parts = parts
        // The flag lives as long as the process.
        unsafe JSContextGroupSetExecutionTimeLimit(
            group,
            CodecLimits.scriptSeconds,
            { _, flag in
                unsafe flag?.assumingMemoryBound(to: Bool.self).pointee = true
                return true
            },
            isOverTime
        )
    }

    /// Takes a codec's script in place of what it had.
    func load(_ codec: UInt32, keepsContexts: Bool, variables: String, script: String) {
        if let old = scripts[codec] { unsafe JSStringRelease(old.source) }
        for (key, entry) in kept where key.codec == codec {
            release(entry.context)
            kept[key] = nil
        }
        unsafe scripts[codec] = Script(
            source: Self.string(script),
            parts: Part.allCases.filter { $0.isNeeded(by: script) },
            keepsContexts: keepsContexts,
            variables: Array((variables.isEmpty ? "{}" : variables).utf16)
        )
    }

    /// Decodes a payload.
    ///
    /// - Returns: the words of the result.
    func decode(
        codec: UInt32,
        port: UInt8,
        milliseconds: Int64,
        device: String,
        payload: [UInt8]
    ) throws(Failure) -> [UInt8] {
        guard let script = scripts[codec] else { throw Failure(words: "no such codec") }
        let input = CallInput(port, milliseconds, payload, variables: script.variables)
        let key = KeptKey(codec: codec, device: device)
        let place = script.keepsContexts ? kept.index(forKey: key) : nil
        let known = place.map { kept[$0].value.context }
        let context: Context
        if let known { context = known } else { context = try self.context(script) }
        do throws(Failure) {
            let words = try call(context, input)
            if let place {
                uses += 1
                kept.values[place].lastUse = uses
            } else {
                script.keepsContexts ? keep(context, key) : release(context)
            }
            return words
        } catch {
            // What an interrupted call left in a kept context is not to be relied on.
            kept[key] = nil
            release(context)
            throw error
        }
    }

    /// Gives up all kept contexts, and what they hold.
    func forgetKept() {
        for entry in kept.values { release(entry.context) }
        kept.removeAll()
        guard let context = unsafe JSGlobalContextCreateInGroup(group, nil) else { return }
        unsafe JSSynchronousGarbageCollectForDebugging(context)
        unsafe JSGlobalContextRelease(context)
    }

    // MARK: Contexts

    private func context(_ script: Script) throws(Failure) -> Context {
        guard let context = unsafe JSGlobalContextCreateInGroup(group, nil) else {
            throw Failure(words: "no context could be made")
        }
        let decode: JSValueRef
        do throws(Failure) {
            unsafe decode = try evaluate(prelude, context)
        } catch {
            unsafe JSGlobalContextRelease(context)
            throw error
        }
        unsafe JSValueProtect(context, decode)
        let made = unsafe Context(context: context, decode: decode)
        do throws(Failure) {
            for part in script.parts {
                if let source = unsafe parts[part] { _ = unsafe try evaluate(source, context) }
            }
            _ = unsafe try evaluate(script.source, context)
            return made
        } catch {
            release(made)
            throw error
        }
    }

    private func release(_ context: Context) {
        unsafe JSValueUnprotect(context.context, context.decode)
        unsafe JSGlobalContextRelease(context.context)
    }

    private func keep(_ context: Context, _ key: KeptKey) {
        uses += 1
        if kept.count >= CodecLimits.keptContexts,
            let oldest = kept.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            kept[oldest.key] = nil
            release(oldest.value.context)
        }
        kept[key] = Kept(context: context, lastUse: uses)
    }

    // MARK: Calls

    private func evaluate(
        _ source: JSStringRef,
        _ context: JSGlobalContextRef
    ) throws(Failure) -> JSValueRef {
        unsafe isOverTime.pointee = false
        var thrown: JSValueRef?
        let value = unsafe JSEvaluateScript(context, source, nil, nil, 1, &thrown)
        guard let value = unsafe value, unsafe !isOverTime.pointee else {
            throw unsafe failure(thrown, context)
        }
        return unsafe value
    }

    private func call(_ context: Context, _ input: CallInput) throws(Failure) -> [UInt8] {
        let units = input.json
        let text = unsafe JSStringCreateWithCharacters(units, units.count)
        defer { unsafe JSStringRelease(text) }
        let arguments: [JSValueRef?] = unsafe [
            JSValueMakeString(context.context, text),
            JSValueMakeNumber(context.context, Double(CodecLimits.remarks)),
            JSValueMakeNumber(context.context, Double(CodecLimits.remarkCharacters)),
        ]
        unsafe isOverTime.pointee = false
        var thrown: JSValueRef?
        let value = unsafe JSObjectCallAsFunction(
            context.context,
            context.decode,
            nil,
            arguments.count,
            arguments,
            &thrown
        )
        guard let value = unsafe value, unsafe !isOverTime.pointee else {
            throw unsafe failure(thrown, context.context)
        }
        return unsafe try words(value, context.context, limit: CodecLimits.resultBytes)
    }

    private func words(
        _ value: JSValueRef,
        _ context: JSContextRef,
        limit: Int
    ) throws(Failure) -> [UInt8] {
        guard let text = unsafe JSValueToStringCopy(context, value, nil) else { return [] }
        defer { unsafe JSStringRelease(text) }
        // A character of UTF-16 is a byte at least: what is longer is not written out at all.
        let length = unsafe JSStringGetLength(text)
        guard length <= limit else {
            throw Failure(words: "the result has more than \(limit) characters as JSON")
        }
        let room = unsafe JSStringGetMaximumUTF8CStringSize(text)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            let written = unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe JSStringGetUTF8CString(text, $0.baseAddress, room)
            }
            // The last byte is the zero at the end.
            count = max(0, written - 1)
        }
        guard bytes.count <= limit else {
            throw Failure(words: "the result has more than \(limit) bytes as JSON")
        }
        return bytes
    }

    private func failure(_ thrown: JSValueRef?, _ context: JSContextRef) -> Failure {
        if unsafe isOverTime.pointee {
            let limit = Int(CodecLimits.scriptSeconds * 1000)
            return Failure(words: "the script ran longer than \(limit) ms")
        }
        guard let thrown = unsafe thrown else { return Failure(words: "the script failed") }
        let text = unsafe try? words(thrown, context, limit: CodecLimits.resultBytes)
        let words = text.map { String(decoding: $0, as: UTF8.self) } ?? "the script failed"
        return Failure(words: String(words.prefix(CodecLimits.remarkCharacters)))
    }

    private static func string(_ text: String) -> JSStringRef {
        let units = Array(text.utf16)
        return unsafe JSStringCreateWithCharacters(units, units.count)
    }
}
