#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "child.h"
#include "paths.h"
#include "scope.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif

#define TERMINAL_DESCRIPTORS 2

union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(TERMINAL_DESCRIPTORS * sizeof(int))];
};

/* Only the multiplexer of a devpts: a link or another device in its place is refused (CVE-2025-52565). */
static int open_multiplexer(struct child *child) {
  SCOPED_FD master = open_in_root(child->root, "/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW, 0, false);
  struct statfs filesystem;
  struct stat status;
  if (master < 0) return explain(child, "open /dev/pts/ptmx of the container");
  if (fstatfs(master, &filesystem) < 0 || fstat(master, &status) < 0) return -1;
  if (filesystem.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(status.st_mode) || status.st_rdev != makedev(5, 2)) {
    errno = EINVAL;
    return explain(child, "/dev/pts/ptmx of the container makes no terminals");
  }
  return take_descriptor(&master);
}

static int bind_console(struct child *child, int slave) {
  SCOPED_FD target = make_file_in_root(child->root, "/dev/console", 0600);
  if (target < 0) return explain(child, "/dev/console");
  SCOPED_FD tree = open_tree(slave, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
  if (tree < 0) return explain(child, "clone the terminal");
  if (move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0) return 0;
  return explain(child, "bind the terminal on /dev/console");
}

static int send_terminal(int master, int slave) {
  char kind = STATUS_TERMINAL;
  struct iovec part = {.iov_base = &kind, .iov_len = 1};
  union control control = {0};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  int descriptors[TERMINAL_DESCRIPTORS] = {master, slave};
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN(sizeof descriptors);
  memcpy(CMSG_DATA(&control.header), descriptors, sizeof descriptors);
  return sendmsg(CHILD_STATUS, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* The child leads its session already. The slave is taken from the master, never looked up by its name. */
int make_terminal(struct child *child) {
  const struct step *step = child->step;
  SCOPED_FD master = open_multiplexer(child);
  int unlocked = 0;
  if (master < 0 || ioctl(master, TIOCSPTLCK, &unlocked) < 0) return -1;
  SCOPED_FD slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return explain(child, "open the terminal");
  if (step->number != 0 && !resize_terminal(master, (uint16_t)step->number, (uint16_t)(step->number >> 16))) return -1;
  if ((step->flags & TERMINAL_CONSOLE) != 0 && bind_console(child, slave) < 0) return -1;
  if (ioctl(slave, TIOCSCTTY, 0) < 0) return explain(child, "take the terminal");
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
    if (dup2(slave, stream) < 0) return -1;
  return send_terminal(master, slave);
}

/* A container could send what it likes in place of the child only if it could trace it; it is looked at all the same. */
static bool is_terminal(const struct terminal *terminal) {
  unsigned int number;
  return ioctl(terminal->master, TIOCGPTN, &number) == 0 && isatty(terminal->slave) == 1 &&
         fcntl(terminal->master, F_SETFL, O_RDWR | O_NONBLOCK) == 0;
}

static void take_terminal(struct msghdr *message, struct terminal *terminal) {
  struct cmsghdr *header = CMSG_FIRSTHDR(message);
  if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return;
  int descriptors[TERMINAL_DESCRIPTORS] = {-1, -1};
  memcpy(descriptors, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
  struct terminal received = {.master = descriptors[0], .slave = descriptors[1]};
  if (terminal->master >= 0 || !is_terminal(&received)) return close_terminal(&received);
  *terminal = received;
}

static ssize_t receive_packet(int socket, struct step_failure *packet, struct terminal *terminal) {
  struct iovec part = {.iov_base = packet, .iov_len = sizeof *packet};
  union control control = {0};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  ssize_t received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (received >= 0) take_terminal(&message, terminal);
  return received;
}

enum start_status read_start_status(int socket, struct step_failure *failure, bool *about_to_exec,
                                    struct terminal *terminal, pid_t *next) {
  for (;;) {
    struct step_failure packet;
    ssize_t received = receive_packet(socket, &packet, terminal);
    /* A reset comes once, ahead of what was sent: the child went away without reading the keeper's byte. */
    if (received < 0 && (errno == EINTR || errno == ECONNRESET)) continue;
    if (received < 0 && errno == EAGAIN) return START_PENDING;
    if (received == (ssize_t)sizeof packet) {
      *failure = packet;
      failure->text[sizeof failure->text - 1] = 0;
      return START_FAILED;
    }
    if (received == (ssize_t)sizeof(struct stage_message)) {
      struct stage_message stage;
      memcpy(&stage, &packet, sizeof stage);
      *next = stage.pid;
      return START_NEXT_STAGE;
    }
    if (received != 1) return *about_to_exec ? START_DONE : START_DIED;
    if (*(const char *)&packet == STATUS_ABOUT_TO_EXEC) *about_to_exec = true;
  }
}

void close_terminal(struct terminal *terminal) {
  close_descriptor(&terminal->slave);
  close_descriptor(&terminal->master);
}

bool resize_terminal(int master, uint16_t columns, uint16_t rows) {
  struct winsize size = {.ws_col = columns, .ws_row = rows};
  return ioctl(master, TIOCSWINSZ, &size) == 0;
}
