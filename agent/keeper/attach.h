/* Clients whose connection is a stream: what they are attached to, and the frames both ways. */
#ifndef SKEP_ATTACH_H
#define SKEP_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server.h"
#include "standard_streams.h"
#include "wire.h"

struct attach_wish {
  uint64_t client;
  bool input;
  bool output;
};

/* Makes the connection a stream on these standard streams. False when memory or MAX_STREAMS is used up. */
bool attach_client(struct standard_streams *streams, const struct attach_wish *wish);

/* For standard_streams.c: what concerns all that are attached to one. */
size_t attached_backlog(const struct standard_streams *streams);
void attached_deliver(const struct standard_streams *streams, const uint8_t *frame, size_t length);
void attached_resume_input(const struct standard_streams *streams);
void attached_input_lost(const struct standard_streams *streams);
void attached_end(struct standard_streams *streams, int exit_code);
/* Closes their connections once they took what waits for them. */
void attached_finish(struct standard_streams *streams);
/* Lets all of them go, without an exit code. */
/* Lets the clients of all streams go, as if they had gone themselves. */
void attached_let_go_everyone(const char *reason);
void attached_let_go(struct standard_streams *streams, const char *reason);

/* For server.c: a frame of a stream's client, false when it is nonsense; and what became of the client. */
bool stream_message(uint64_t client, const uint8_t *bytes, size_t length);
bool stream_takes_frames(uint64_t client);
void stream_client_gone(uint64_t client);
void stream_client_drained(uint64_t client);
/* It took nothing for too long, and others wait for it. */
void stream_client_stalled(uint64_t client);

#endif
