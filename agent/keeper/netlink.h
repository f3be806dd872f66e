/* Netlink requests, whole as the agent wrote them, and the kernel's answers. */
#ifndef SKEP_NETLINK_H
#define SKEP_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#include "steps.h"
#include "wire.h"

#define MAX_NETLINK_BYTES 262144u
#define NO_NAMESPACE UINT64_MAX

/*
 * Sends one request and reads all answers. Returns 0 or the first errno that the kernel answered; -1 with errno when
 * the socket itself failed. Messages of a dump go to `messages` when it is given; the kernel's own text to `text`.
 */
int netlink_exchange(int protocol, const uint8_t *bytes, uint32_t length, struct writer *messages, char *text,
                     size_t text_size);

/*
 * A netlink step: STEP_NUMBER is the protocol, STEP_MODE the offset where the descriptor `container_net` is written
 * (NO_NAMESPACE for none). 0, or -1 with errno; tolerated errors count as success.
 */
int send_netlink_step(const struct step *step, int container_net, char *text, size_t text_size);

#endif
