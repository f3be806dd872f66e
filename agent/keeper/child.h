/* The child's side of a start or an exec: runs the list and becomes the program. Allocates nothing. */
#ifndef SKEP_CHILD_H
#define SKEP_CHILD_H

#include <limits.h>
#include <stdbool.h>
#include <stdnoreturn.h>
#include <sys/resource.h>

#include "steps.h"

/* Where the child finds what it was given; the keeper itself keeps all its descriptors above these. */
#define CHILD_STATUS 3
#define CHILD_PROGRAM 4
#define CHILD_NAMESPACES 5
#define CHILD_JOIN_PID 6
#define CHILD_JOIN_IPC 7
#define CHILD_JOIN_NET 8
#define CHILD_USERS 9
/* A one-shot start has no reaper of ours, and its gate in that place. */
#define CHILD_GATE CHILD_PROGRAM
#define FIRST_KEEPER_DESCRIPTOR 10

/* Sent on the status socket right before exec: an end of file after it means that exec worked. */
#define STATUS_ABOUT_TO_EXEC 'X'
/* Comes with two descriptors: the terminal's master and its slave. */
#define STATUS_TERMINAL 'T'
/* Sent by the keeper when its own steps are done. */
#define STATUS_GO 'G'
/* Sent when a first stage has made the process that becomes the program: who that is. */
struct stage_message {
  char kind[4];
  int32_t pid;
};
#define STATUS_STAGE "next"

/* Descriptors of other containers, each -1 when it is not asked for. */
struct namespace_joins {
  /* pidfds. */
  int pid;
  int ipc;
  int net;
  /* The user namespace that they share, or -1. */
  int users;
  /* Joined once the child has entered its user namespace, not at its start. */
  bool late;
};
/* Sent to the one-shot keeper: hooks may run; the program waits for its start. */
#define STATUS_WAITING 'W'
#define STATUS_AT_GATE 'R'

struct child {
  const struct step_list *list;
  const struct step *step;
  uint32_t index;
  /* O_PATH descriptor of the root: the overlay until the pivot, `/` afterwards. */
  int root;
  /* Where the overlay is mounted. */
  const char *root_path;
  int trees[MAX_TREE_SLOTS];
  /* At their places, CHILD_JOIN_… */
  struct namespace_joins joins;
  /* -1, or the user namespace that the program will live in; and who its root is outside. */
  int users;
  uid_t root_user;
  gid_t root_group;
  /* Where device nodes are made that are bound into the container, or -1. */
  int device_folder;
  /* A procfs that is attached nowhere, where none can be made any more; or -1. */
  int procfs;
  /* Detail of a failure; empty = errno says it all. */
  char text[sizeof(((struct step_failure *)0)->text)];
  char home[PATH_MAX + 8];
  /* Nobody reads the status socket any more: a failure goes to standard error. */
  bool unheard;
};

struct child_setup {
  const struct step_list *list;
  int standard_input;
  int standard_output;
  int standard_error;
  int status;
  /* The keeper's own sealed program, for a reaper as PID 1. */
  int program;
  /* A pidfd of the container to join, or -1. */
  int namespaces;
  /* Or NULL. */
  const struct namespace_joins *joins;
  struct rlimit open_files;
};

noreturn void run_child(const struct child_setup *setup);

/* mounts.c */
int make_private_root(struct child *child);
int mount_overlay(struct child *child);
int mount_new(struct child *child);
int open_tree_slot(struct child *child);
int place_tree_slot(struct child *child);
int mask_path(struct child *child);
int make_read_only(struct child *child);
int make_root_read_only(struct child *child);
int pivot_root_step(struct child *child);

/* devices.c */
int make_devices(struct child *child);
/* namespaces.c */
int join_early(struct child *child);
int join_container(struct child *child);
int open_shm_slot(struct child *child);

/* users.c */
int make_user_namespace(struct child *child);
int map_tree(struct child *child, int tree);
int mount_mapped_layers(struct child *child);
int open_device_slot(struct child *child);
int enter_users(struct child *child);
/* Gives the streams to the root of the user namespace, enters it and becomes that root. */
int become_mapped_root(struct child *child, int users, int flags);

/* identity.c */
int become_user(struct child *child);
int drop_bounding(struct child *child);
int set_capabilities(struct child *child);

/* limits.c */
int set_limit(struct child *child);

/* sysctl.c */
/* Returns a descriptor. */
int open_private_procfs(void);
int set_sysctl(struct child *child);

/* syscall_filter.c */
int keep_rights(void);
int filter_syscalls(struct child *child);

/* child.c */
int await_keeper(void);
/* terminal.c */
int make_terminal(struct child *child);

/* launch.c */
int enter_workdir(struct child *child);
/* Looks the program up in the environment of the step; -1 with the reason explained. */
int find_program(struct child *child, const char *program, char *out, size_t size);
int execute(struct child *child);

/* foreign.c */
int bind_root(struct child *child);
int join_path(struct child *child);
int set_attributes(struct child *child);
int await_start(struct child *child);
int reopen_null_streams(struct child *child);

/* console.c */
int open_console(struct child *child);

/* Writes the detail of a failure and keeps errno. */
__attribute__((format(printf, 2, 3))) int explain(struct child *child, const char *format, ...);

#endif
