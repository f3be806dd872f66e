#include "console.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <termios.h>

#include "child.h"
#include "paths.h"
#include "scope.h"

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif

/* What a receiver of a terminal is told it is, as runc says. */
#define TERMINAL_NAME "/dev/ptmx"
/* After the program's end its last output is still in the terminal. */
#define LAST_OUTPUT_MS 200

union descriptor_room {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

static int send_descriptor(int socket, const void *bytes, size_t length, int descriptor) {
  union descriptor_room room;
  memset(&room, 0, sizeof room);
  struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
  struct cmsghdr *control = CMSG_FIRSTHDR(&message);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof descriptor);
  memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
  return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

ssize_t receive_with_descriptor(int socket, void *bytes, size_t size, int *descriptor) {
  union descriptor_room room;
  struct iovec part = {.iov_base = bytes, .iov_len = size};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
  ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *control = received > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  if (control != NULL && control->cmsg_type == SCM_RIGHTS && control->cmsg_len == CMSG_LEN(sizeof *descriptor))
    memcpy(descriptor, CMSG_DATA(control), sizeof *descriptor);
  return received;
}

int send_terminal(const char *path, int master) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  (void)strcpy(address.sun_path, path);
  SCOPED_FD socket_end = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_end < 0 || connect(socket_end, (struct sockaddr *)&address, sizeof address) < 0) return -1;
  return send_descriptor(socket_end, TERMINAL_NAME, strlen(TERMINAL_NAME), master);
}

/* CVE-2025-52565: bound by descriptor, so that no path of the container decides what /dev/console is. */
static int place_console(struct child *child, int slave) {
  SCOPED_FD target = make_file_in_root(child->root, "/dev/console", 0620);
  if (target < 0) return explain(child, "/dev/console");
  SCOPED_FD tree = open_tree(slave, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
  if (tree < 0) return explain(child, "clone the terminal's mount");
  return move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int open_console(struct child *child) {
  const struct step *step = child->step;
  int locked = 0;
  struct statfs filesystem;
  struct winsize size = {.ws_col = (unsigned short)step->number, .ws_row = (unsigned short)step->mode};
  SCOPED_FD master = open_in_root(child->root, "/dev/pts/ptmx", O_RDWR | O_NOCTTY, 0, false);
  if (master < 0 || fstatfs(master, &filesystem) < 0) return explain(child, "/dev/pts/ptmx");
  if (filesystem.f_type != DEVPTS_SUPER_MAGIC) {
    errno = EINVAL;
    return explain(child, "/dev/pts of the container is no devpts");
  }
  if (ioctl(master, TIOCSPTLCK, &locked) < 0) return -1;
  SCOPED_FD slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return -1;
  if (size.ws_col != 0 && ioctl(slave, TIOCSWINSZ, &size) < 0) return -1;
  if ((step->flags & CONSOLE_PLACE) != 0 && place_console(child, slave) < 0) return -1;
  char word = STATUS_TERMINAL;
  if (send_descriptor(CHILD_STATUS, &word, 1, master) < 0) return -1;
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
    if (dup2(slave, stream) < 0) return -1;
  return ioctl(STDIN_FILENO, TIOCSCTTY, 0);
}

static volatile sig_atomic_t resized;

static void note_resize(int number) {
  (void)number;
  resized = 1;
}

static void copy_size(int master) {
  struct winsize size;
  resized = 0;
  if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0) (void)ioctl(master, TIOCSWINSZ, &size);
}

/* False when nothing more will come. */
static bool move_bytes(int from, int to) {
  char bytes[8192];
  ssize_t received = read(from, bytes, sizeof bytes);
  if (received < 0) return errno == EINTR || errno == EAGAIN;
  for (ssize_t done = 0; done < received;) {
    ssize_t written = write(to, bytes + done, (size_t)(received - done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    done += written;
  }
  return received > 0;
}

static void relay(int master, int process) {
  struct pollfd watched[3] = {{.fd = master, .events = POLLIN},
                              {.fd = STDIN_FILENO, .events = POLLIN},
                              {.fd = process, .events = POLLIN}};
  for (bool ended = false;;) {
    if (resized) copy_size(master);
    int ready = poll(watched, 3, ended ? LAST_OUTPUT_MS : -1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return;
    /* The terminal ends with an error once no program has it open. */
    if (watched[0].revents != 0 && !move_bytes(master, STDOUT_FILENO)) return;
    if (watched[1].revents != 0 && !move_bytes(STDIN_FILENO, master)) {
      char end_of_input = 4;
      (void)!write(master, &end_of_input, 1);
      watched[1].fd = -1;
    }
    if (watched[2].revents != 0) {
      ended = true;
      watched[2].fd = -1;
    }
  }
}

void relay_terminal(int master, pid_t process) {
  struct termios before;
  bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
  struct sigaction action = {.sa_handler = note_resize};
  SCOPED_FD watched = (int)syscall(SYS_pidfd_open, process, 0);
  if (is_terminal) {
    struct termios raw = before;
    cfmakeraw(&raw);
    (void)sigaction(SIGWINCH, &action, NULL);
    copy_size(master);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  relay(master, watched);
  if (is_terminal) (void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
}
