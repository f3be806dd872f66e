/* Programs run inside a running container on a stream of their own. */
#ifndef SKEP_STREAM_EXEC_H
#define SKEP_STREAM_EXEC_H

#include "container.h"
#include "state.h"

struct stream_exec;

/* Takes over `request`, like container_start. The connection becomes the program's stream. */
void stream_exec_start(struct reader reader, uint8_t *request, struct reply_address reply);
bool stream_exec_process_ended(pid_t pid, int status);
int64_t stream_exec_next_deadline(void);
void stream_exec_check_deadlines(int64_t now);

/* For a takeover: those that begin; those that run go over to the next keeper, their clients do not. */
int stream_exec_starting(void);
void stream_exec_write_state(const struct stream_exec *program, struct state_writer *state);
const struct stream_exec *stream_exec_next(const struct stream_exec *program);
bool stream_exec_read_state(const struct field *field);

#endif
