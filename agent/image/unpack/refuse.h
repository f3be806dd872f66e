#ifndef SKEP_UNPACK_REFUSE_H
#define SKEP_UNPACK_REFUSE_H

/* Exit codes: the archive is at fault, the call is, the machine is (disk full, no permission). */
#define EXIT_BAD_ARCHIVE 1
#define EXIT_USAGE 2
#define EXIT_MACHINE 3
/* Of a look into a container: the path is not there, cannot be used so, or the container is not there any more. */
#define EXIT_NO_PATH 4
#define EXIT_UNFIT 5
#define EXIT_GONE 6

/* Names the entry that later refusals speak of; NULL = none. The text must stay valid. */
void refuse_entry(const char *name);

/* Ends the program with one line on stderr: the entry and the reason. */
_Noreturn void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As refuse, with an exit code of its own. */
_Noreturn void decline(int exit_code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the program with one line on stderr: what was tried and errno's text. */
_Noreturn void break_down(const char *attempt);

#endif
