/* The keeper's own program as containers may meet it. */
#ifndef SKEP_PROGRAM_H
#define SKEP_PROGRAM_H

/*
 * A copy of the program behind `own` that may be run by any user and that nobody can change: a descriptor at or above
 * `lowest`, or -1 with errno.
 */
int open_unchangeable_program(int own, int lowest);

#endif
