/* Programs run inside a running container: health checks. */
#ifndef SKEP_EXECUTION_H
#define SKEP_EXECUTION_H

#include "container.h"

#define MAX_EXECUTIONS 512
#define MAX_CAPTURED_BYTES 4096
/* No check runs longer, whatever the request says. */
#define MAX_EXECUTION_MS (24ull * 3600 * 1000)

/* Programs inside containers, those on a stream included. */
extern int entered_programs;

/* Takes over `request`, like container_start. */
void execution_start(struct reader reader, uint8_t *request, struct reply_address reply);
bool execution_process_ended(pid_t pid, int status);
int64_t execution_next_deadline(void);
void execution_check_deadlines(int64_t now);
/* For a takeover: how many run, without those on a stream; and an end to all of them, answered with an error. */
int execution_count(void);
void execution_give_up_all(const char *reason);

#endif
