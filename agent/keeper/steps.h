/* The flat list of steps that makes a container: read and checked once, before anything is cloned. */
#ifndef SKEP_STEPS_H
#define SKEP_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire.h"

/* More steps than any container needs; a request with more is refused. */
#define MAX_STEPS 1024
#define MAX_STRINGS 65536
#define MAX_TREE_SLOTS 192

#define ALLOWED_NAMESPACES \
  (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP)

enum step_kind {
  /* Done by the keeper itself, before the clone. */
  DO_HOST_FOLDER = 1,
  DO_HOST_WRITE = 2,
  DO_CGROUP = 3,
  DO_FILTER_DEVICES = 5,
  DO_LIMIT = 56,
  DO_CPUSET = 57,
  /* Done by the keeper after the clone, in its own network namespace. */
  DO_NETLINK_HOST = 4,
  /* Done by the child, in the order of the list. */
  DO_WRITE = 20,
  DO_UNSHARE = 21,
  DO_PROPAGATION = 22,
  DO_OVERLAY = 23,
  DO_MOUNT = 24,
  DO_TREE_OPEN = 25,
  DO_TREE_PLACE = 26,
  DO_FOLDER = 27,
  DO_DEVICE = 28,
  DO_SYMLINK = 29,
  DO_MASK = 30,
  DO_READ_ONLY = 31,
  DO_ROOT_READ_ONLY = 32,
  DO_PIVOT = 33,
  DO_HOSTNAME = 34,
  DO_AWAIT_KEEPER = 35,
  DO_NETLINK = 36,
  DO_RLIMIT = 37,
  DO_NO_NEW_PRIVILEGES = 38,
  DO_BOUNDING = 39,
  DO_CAPABILITIES = 40,
  DO_USER = 41,
  DO_WORKDIR = 42,
  DO_UMASK = 43,
  DO_JOIN_NAMESPACES = 44,
  DO_STDIN_NULL = 45,
  DO_EXEC = 46,
  DO_FILTER_SYSCALLS = 47,
  DO_KEEP_RIGHTS = 48,
  DO_SYSCTL = 49,
  DO_TERMINAL = 50,
  DO_DEVICES = 55,
  DO_SHM_OPEN = 60,
  DO_USER_NAMESPACE = 61,
  DO_MAPPED_LAYERS = 62,
  DO_DEVICE_TREE = 63,
  DO_ENTER_USERS = 64,
  /* For containers that others describe. */
  DO_BIND_ROOT = 65,
  DO_JOIN_PATH = 66,
  DO_AWAIT_START = 67,
  DO_ATTRIBUTES = 68,
  DO_CONSOLE = 69,
};

/* STEP_FLAGS of DO_HOST_WRITE and DO_WRITE. */
#define WRITE_CREATE 1u
#define WRITE_OPTIONAL 2u
/* STEP_FLAGS of DO_HOST_FOLDER: given to user STEP_NUMBER >> 32, group its low half. */
#define FOLDER_OWNED 1u
/* STEP_FLAGS of DO_MOUNT, above the MOUNT_ATTR_ bits. */
#define MOUNT_MAKE_TARGET (1ull << 32)
#define MOUNT_REFUSE_LINKS (1ull << 33)
#define MOUNT_OPTIONAL (1ull << 34)
/* STEP_FLAGS of DO_TREE_OPEN: seen through the ids of the user namespace, where there is one. */
#define TREE_MAPPED (1ull << 40)
/* STEP_FLAGS of DO_TREE_PLACE, above the MS_ propagation bits. */
#define TREE_READ_ONLY (1ull << 32)
#define TREE_PROPAGATE_RECURSIVE (1ull << 33)
/* Read-only without the mounts below; the mounts below too, or not at all. */
#define TREE_READ_ONLY_TOP (1ull << 34)
#define TREE_READ_ONLY_STRICT (1ull << 35)
/* STEP_BYTES of DO_DEVICES for each path: u32 mode, user, group, nothing, then u64 device number. */
#define DEVICE_RECORD_BYTES 24u
/* STEP_FLAGS of DO_FILTER_SYSCALLS. */
#define FILTER_WITH_KEPT_RIGHTS 1u
/* Instructions of a filter, 8 bytes each: the kernel's own bound. */
#define MAX_FILTER_INSTRUCTIONS 4096u
/* STEP_FLAGS of DO_JOIN_NAMESPACES: the user namespace too; its root is user STEP_NUMBER, group STEP_MODE outside. */
#define JOIN_USERS 1u
/* STEP_FLAGS of DO_EXEC. */
#define EXEC_INIT 1u
/* STEP_FLAGS of DO_TERMINAL. */
#define TERMINAL_CONSOLE 1u
#define EXEC_OUTLIVES_KEEPER 2u
/* STEP_FLAGS of DO_TREE_OPEN: without the mounts below. */
#define TREE_OPEN_ALONE 1u
/* STEP_FLAGS of DO_USER: the further groups are all there are, the user's own is not among them. */
#define USER_EXACT_GROUPS 1u
/* STEP_FLAGS of DO_STDIN_NULL: those of descriptors 0 to 2 that are the node's null device already. */
#define ONLY_NULL_STREAMS 1u
/* STEP_FLAGS of DO_AWAIT_START. */
#define AWAIT_GATE 1u
/* STEP_FLAGS of DO_CONSOLE: it is bound on /dev/console, too. */
#define CONSOLE_PLACE 1u

struct step {
  uint16_t kind;
  const char *name;
  const char *path;
  const char *other;
  const char *text;
  const uint8_t *bytes;
  uint32_t byte_count;
  uint64_t flags;
  uint64_t mode;
  uint64_t number;
  char **argv;
  /* One spare slot behind the last, for HOME. */
  char **env;
  const uint8_t *tolerated;
  uint32_t tolerated_count;
};

struct step_list {
  struct step *steps;
  uint32_t count;
};

/* What a failed step tells: one packet on the status socket. */
struct step_failure {
  uint32_t step;
  int32_t error;
  char text[400];
};

/* Reads one STEP field into the list. False when it is malformed or too much. */
bool read_step(struct step_list *list, const struct field *field);
void free_steps(struct step_list *list);
bool has_step(const struct step_list *list, enum step_kind kind);
bool step_tolerates(const struct step *step, int error);

/* The keeper's own steps; false fills `failure`. `container_net` is -1 before the clone. */
bool run_keeper_steps(const struct step_list *list, bool after_clone, int container_net,
                      struct step_failure *failure);

#endif
