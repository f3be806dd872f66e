/* The child's side of a start or an exec: runs the list and becomes the program. Allocates nothing. */
#ifndef SKEP_CHILD_H
#define SKEP_CHILD_H

#include <limits.h>
#include <stdnoreturn.h>
#include <sys/resource.h>

#include "steps.h"

/* Where the child finds what it was given; the keeper itself keeps all its descriptors above these. */
#define CHILD_STATUS 3
#define CHILD_PROGRAM 4
#define CHILD_NAMESPACES 5
#define FIRST_KEEPER_DESCRIPTOR 10

/* Sent on the status socket right before exec: an end of file after it means that exec worked. */
#define STATUS_ABOUT_TO_EXEC 'X'
/* Comes with two descriptors: the terminal's master and its slave. */
#define STATUS_TERMINAL 'T'
/* Sent by the keeper when its own steps are done. */
#define STATUS_GO 'G'

struct child {
  const struct step_list *list;
  const struct step *step;
  uint32_t index;
  /* O_PATH descriptor of the root: the overlay until the pivot, `/` afterwards. */
  int root;
  /* Where the overlay is mounted. */
  const char *root_path;
  int trees[MAX_TREE_SLOTS];
  /* Detail of a failure; empty = errno says it all. */
  char text[sizeof(((struct step_failure *)0)->text)];
  char home[PATH_MAX + 8];
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

/* identity.c */
int become_user(struct child *child);
int drop_bounding(struct child *child);
int set_capabilities(struct child *child);

/* limits.c */
int set_limit(struct child *child);

/* sysctl.c */
int set_sysctl(struct child *child);

/* syscall_filter.c */
int keep_rights(void);
int filter_syscalls(struct child *child);

/* terminal.c */
int make_terminal(struct child *child);

/* launch.c */
int enter_workdir(struct child *child);
int execute(struct child *child);

/* Writes the detail of a failure and keeps errno. */
__attribute__((format(printf, 2, 3))) int explain(struct child *child, const char *format, ...);

#endif
