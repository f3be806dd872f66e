/* The clients on the unix socket. */
#ifndef SKEP_SERVER_H
#define SKEP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "container.h"

#define MAX_CLIENTS 64
/* Connections that are streams, beside those. */
#define MAX_STREAMS 512
/* More unread output than this slows the program down. */
#define MAX_STREAM_BACKLOG_BYTES (1024u * 1024u)
/* A stream's client that takes nothing for so long is let go, if others wait for it or all is said. */
#ifndef STREAM_PATIENCE_MS
#define STREAM_PATIENCE_MS 60000
#endif
#define MAX_STREAM_FRAME_BYTES (65536u + MESSAGE_HEADER_BYTES)
/* Out of descriptors or memory: nobody is let in for so long. */
#define ACCEPT_PAUSE_MS 100
/* A client that leaves more than this unread is let go; it can come back and list. */
#define MAX_BACKLOG_BYTES (32u * 1024u * 1024u)

/* Listens on `path`; false with a message on standard error, also when another keeper serves there. */
bool server_open(const char *path);
void server_close(void);
/* For a takeover: the socket that clients come to, served on at `path`. */
int server_listener(void);
const char *server_path(void);
bool server_adopt(const char *path, int listener);
/* Connections that are streams. */
int server_streams(void);
/* Every client took its answers, and nothing that one sent waits to be read. */
bool server_is_quiet(void);
/* Queues bytes for one client, which may be gone, or for all that subscribed (client 0). */
void server_send(uint64_t client, const uint8_t *bytes, size_t length);
void server_subscribe(uint64_t client);

/* The connection is a stream from now on: attach.c gets its frames. False when it cannot be. */
bool server_make_stream(uint64_t client);
/* Bytes that wait for this client; 0 when it is gone. */
size_t server_backlog(uint64_t client);
/* Handles the frames that stream_takes_frames held back. */
void server_resume(uint64_t client);
/* Reads nothing more from it, and closes once it took what waits. */
void server_finish(uint64_t client);

int64_t server_next_deadline(void);
void server_check_deadlines(int64_t now);

/* requests.c: handles one whole message. False = the client sent nonsense and is let go. */
bool handle_message(uint64_t client, const uint8_t *bytes, size_t length);
/* Set by a shutdown request. */
extern bool shutdown_requested;
const char *keeper_instance(void);
bool make_instance(void);
bool set_instance(const char *taken_over);

#endif
