/* The keeper's own program as containers may meet it. */
#ifndef SKEP_PROGRAM_H
#define SKEP_PROGRAM_H

#include <stdbool.h>

/*
 * A copy of the program behind `own` that may be run by any user and that nobody can change: a descriptor at or above
 * `lowest`, or -1 with errno.
 */
int open_unchangeable_program(int own, int lowest);
/*
 * CVE-2019-5736: a container may get hold of the program that set it up through /proc/self/exe. So the keeper never
 * runs from its file but from a sealed copy in memory, which nobody can write to. This makes one: a descriptor, or -1.
 */
int open_sealed_program(int own);
bool is_sealed(int program);
/* A hash over the bytes of the program: which build it is. */
#define BUILD_BYTES 17
bool hash_program(int program, char build[BUILD_BYTES]);

#endif
