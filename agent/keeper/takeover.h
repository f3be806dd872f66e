/* A new version of the keeper takes over: the same process goes on as another program, so that its children stay its own. */
#ifndef SKEP_TAKEOVER_H
#define SKEP_TAKEOVER_H

#include "container.h"

/* The new program says within this time whether it can. */
#define TAKEOVER_CHECK_SECONDS 10
/* Requests that are on their way are answered first, for so long. */
#define TAKEOVER_QUIET_MS 1000
/* No keeper is larger. */
#define MAX_PROGRAM_BYTES (64 * 1024 * 1024)

/* Hash of the program that runs; empty when it cannot be read. */
const char *keeper_build(void);

/* Answers only when it cannot be done: a keeper that has taken over begins without clients. */
void takeover_request(struct reader reader, struct reply_address reply);
bool takeover_process_ended(pid_t pid, int status);
int64_t takeover_next_deadline(void);
/* To be called when nothing else is being handled: may not return. */
void takeover_go_on(int64_t now);

/* What the new program does first. Returns the exit code of `--can-resume FORMAT`. */
int can_resume(const char *format);
/* Goes back to the program that it took over from; returns when that cannot be. */
void takeover_go_back(int previous, const char *socket, const char *state, int resume);

#endif
