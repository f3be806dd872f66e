#include "forker.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "scope.h"
#include "spawn.h"

#define ENDS 3
#define FORKER_NAME "skep-forker"

static int keeper_end = -1;
static int forker = -1;

/* A packet and its descriptors. False when there is nothing more to come, or nothing that makes sense. */
static bool receive(int socket, uint8_t *bytes, struct reader *fields, struct forked_ends *ends) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * ENDS)];
  } control;
  struct iovec part = {.iov_base = bytes, .iov_len = MAX_FORKED_BYTES};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  ssize_t received;
  do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (received < 0 && errno == EINTR);
  if (received <= 0 || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return false;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof(int) * ENDS))
    return false;
  int descriptors[ENDS];
  memcpy(descriptors, CMSG_DATA(header), sizeof descriptors);
  *ends = (struct forked_ends){.output = descriptors[0], .status = descriptors[1], .join = descriptors[2]};
  *fields = (struct reader){.at = bytes, .end = bytes + received};
  return true;
}

static bool read_list(struct reader fields, struct step_list *list) {
  struct field field;
  enum read_result result;
  while ((result = read_field(&fields, &field)) == READ_FIELD)
    if (field.tag == FIELD_STEP && !read_step(list, &field)) return false;
  return result == READ_END && list->count > 0;
}

/* Ends with the keeper, whose end of the socket is closed then, and when it cannot go on. */
static noreturn void serve(int socket) {
  static uint8_t bytes[MAX_FORKED_BYTES];
  struct reader fields;
  struct forked_ends ends;
  while (receive(socket, bytes, &fields, &ends)) {
    struct step_list list = {0};
    int32_t pid = read_list(fields, &list) ? (int32_t)spawn_sibling(&list, &ends) : -1;
    free_steps(&list);
    (void)close(ends.output);
    (void)close(ends.status);
    (void)close(ends.join);
    if (send(socket, &pid, sizeof pid, MSG_NOSIGNAL) != (ssize_t)sizeof pid || spawn_is_astray()) break;
  }
  _exit(0);
}

/* A keeper that took over holds the streams of containers already; a copy here would keep them open. */
static void close_others(int socket) {
  int highest = socket;
  for (int descriptor = FIRST_KEEPER_DESCRIPTOR; descriptor <= highest; descriptor++) {
    if (spawn_needs(descriptor) || descriptor == socket) continue;
    (void)close(descriptor);
  }
  (void)close_range((unsigned)highest + 1, ~0u, 0);
}

static void rename_self(char **argv) {
  (void)prctl(PR_SET_NAME, FORKER_NAME, 0, 0, 0);
  for (int index = 0; argv[index] != NULL; index++) {
    size_t length = strlen(argv[index]);
    memset(argv[index], 0, length);
    if (index == 0 && length >= strlen(FORKER_NAME)) (void)strcpy(argv[index], FORKER_NAME);
  }
}

void forker_begin(char **argv) {
  int ends[2];
  /* Made after everything that a clone needs, so its numbers are above those. */
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return perror("skep-keeper: forker");
  struct timeval patience = {.tv_sec = FORKER_PATIENCE_MS / 1000, .tv_usec = FORKER_PATIENCE_MS % 1000 * 1000};
  (void)setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  (void)setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  pid_t pid = fork();
  if (pid == 0) {
    close_others(ends[1]);
    rename_self(argv);
    serve(ends[1]);
  }
  (void)close(ends[1]);
  keeper_end = ends[0];
  forker = pid < 0 ? -1 : pidfd_open(pid, 0);
  if (forker < 0) close_descriptor(&keeper_end);
}

static bool pass_on(struct reader fields, const struct forked_ends *ends) {
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * ENDS)];
  } control = {0};
  const int descriptors[ENDS] = {ends->output, ends->status, ends->join};
  struct iovec part = {.iov_base = (void *)(uintptr_t)fields.at, .iov_len = (size_t)(fields.end - fields.at)};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptors);
  memcpy(CMSG_DATA(header), descriptors, sizeof descriptors);
  return sendmsg(keeper_end, &message, MSG_NOSIGNAL) == (ssize_t)part.iov_len;
}

/* Its answer, or -1 when none came in time. */
static pid_t take_answer(void) {
  int32_t pid = -1;
  ssize_t received;
  do received = recv(keeper_end, &pid, sizeof pid, 0);
  while (received < 0 && errno == EINTR);
  if (received < 0) return -1;
  /* An end of file: nobody is there to answer. */
  errno = received == (ssize_t)sizeof pid ? 0 : EPIPE;
  return errno == 0 ? pid : -1;
}

/* Without it from now on. What it had done before that is not to be done twice. */
static pid_t let_go(void) {
  (void)fprintf(stderr, "skep-keeper: the forker is gone: %s\n", strerror(errno));
  (void)pidfd_send_signal(forker, SIGKILL, NULL, 0);
  pid_t pid = take_answer();
  close_descriptor(&keeper_end);
  close_descriptor(&forker);
  return pid;
}

pid_t forker_clone(struct reader fields, const struct forked_ends *ends) {
  size_t length = (size_t)(fields.end - fields.at);
  if (keeper_end < 0 || length == 0 || length > MAX_FORKED_BYTES) return -1;
  errno = 0;
  pid_t pid = pass_on(fields, ends) ? take_answer() : -1;
  /* A clone that failed there is told as -1 without an error here; the keeper's own attempt says why. */
  return pid < 0 && errno != 0 ? let_go() : pid;
}
