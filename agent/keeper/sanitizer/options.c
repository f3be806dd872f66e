/* Settings of the sanitized build: the keeper is started without an environment that could hold them. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/* The search for leaks traces the process, which a keeper that must not be traced does not allow. */
const char *__asan_default_options(void) { return "detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=1"; }

const char *__ubsan_default_options(void) { return "print_stacktrace=1:abort_on_error=1"; }
