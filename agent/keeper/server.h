/* The clients on the unix socket. */
#ifndef SKEP_SERVER_H
#define SKEP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "container.h"

#define MAX_CLIENTS 64
/* A client that leaves more than this unread is let go; it can come back and list. */
#define MAX_BACKLOG_BYTES (32u * 1024u * 1024u)

/* Listens on `path`; false with a message on standard error, also when another keeper serves there. */
bool server_open(const char *path);
void server_close(void);
/* Queues bytes for one client, which may be gone, or for all that subscribed (client 0). */
void server_send(uint64_t client, const uint8_t *bytes, size_t length);
void server_subscribe(uint64_t client);

/* requests.c: handles one whole message. False = the client sent nonsense and is let go. */
bool handle_message(uint64_t client, const uint8_t *bytes, size_t length);
/* Set by a shutdown request. */
extern bool shutdown_requested;
const char *keeper_instance(void);
bool make_instance(void);

#endif
