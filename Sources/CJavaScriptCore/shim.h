// What the program that runs payload codecs needs of JavaScriptCore.
#include <JavaScriptCore/JavaScript.h>

// Exported by the library of Debian, and missing in its public headers.

/// Says whether a script that has run longer than its limit ends.
typedef bool (*JSShouldTerminateCallback)(JSContextRef context, void *argument);

/// Ends each entry into a group's scripts that takes longer than a limit, in seconds.
JS_EXPORT void JSContextGroupSetExecutionTimeLimit(
    JSContextGroupRef group, double limit, JSShouldTerminateCallback callback, void *argument);

/// Collects garbage of a context's group, and returns when that is done.
JS_EXPORT void JSSynchronousGarbageCollectForDebugging(JSContextRef context);
