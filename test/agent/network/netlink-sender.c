/*
 * Sends netlink messages for the tests: the part of the keeper that the network needs, without the keeper.
 * Standard input: frames of protocol, offset of the namespace descriptor (or ~0), length, bytes.
 * Standard output: per frame errno, number of messages, and each message as length and bytes. All numbers native u32.
 * The only argument is the path of the container's network namespace, or "-".
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char answer[1 << 20];
static char collected[64 << 20];

static void put(uint32_t value) { fwrite(&value, sizeof value, 1, stdout); }

static int send_one(uint32_t protocol, char *bytes, uint32_t length) {
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, (int)protocol);
  int buffer = 8 << 20;
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
  size_t used = 0;
  uint32_t count = 0, error = 0;
  int done = 0;
  if (sendto(descriptor, bytes, length, 0, (struct sockaddr *)&kernel, sizeof kernel) < 0) {
    error = (uint32_t)errno;
    done = 1;
  }
  while (!done) {
    ssize_t got = recv(descriptor, answer, sizeof answer, 0);
    if (got < 0) {
      error = (uint32_t)errno;
      break;
    }
    for (struct nlmsghdr *message = (struct nlmsghdr *)answer; NLMSG_OK(message, got);
         message = NLMSG_NEXT(message, got)) {
      if (message->nlmsg_type == NLMSG_ERROR) {
        error = (uint32_t)-*(int *)NLMSG_DATA(message);
        done = 1;
      } else if (message->nlmsg_type == NLMSG_DONE) {
        done = 1;
      } else {
        uint32_t size = message->nlmsg_len;
        memcpy(collected + used, &size, 4);
        memcpy(collected + used + 4, message, size);
        used += 4 + size;
        count++;
      }
    }
  }
  close(descriptor);
  put(error);
  put(count);
  fwrite(collected, 1, used, stdout);
  return 0;
}

int main(int argc, char **argv) {
  int namespace = -1;
  if (argc > 1 && strcmp(argv[1], "-") != 0) namespace = open(argv[1], O_RDONLY | O_CLOEXEC);
  uint32_t frame[3];
  while (fread(frame, sizeof frame, 1, stdin) == 1) {
    char *bytes = malloc(frame[2]);
    if (bytes == NULL || fread(bytes, 1, frame[2], stdin) != frame[2]) return 1;
    if (frame[1] != UINT32_MAX) memcpy(bytes + frame[1], &namespace, 4);
    send_one(frame[0], bytes, frame[2]);
    free(bytes);
  }
  return 0;
}
