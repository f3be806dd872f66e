/* The terminal of a container that the one-shot keeper starts. */
#ifndef SKEP_CONSOLE_H
#define SKEP_CONSOLE_H

#include <stddef.h>
#include <sys/types.h>

/* One packet, and the descriptor that came with it or -1. As recvmsg. */
ssize_t receive_with_descriptor(int socket, void *bytes, size_t size, int *descriptor);
/* Gives a terminal's master to whoever listens on the unix socket at `path`. -1 with errno. */
int send_terminal(const char *path, int master);
/* Joins our own standard streams and the terminal until the process ended. */
void relay_terminal(int master, pid_t process);

#endif
