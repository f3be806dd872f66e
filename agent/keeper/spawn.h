/* The clone itself, and the keeper's knowledge of its own process. */
#ifndef SKEP_SPAWN_H
#define SKEP_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "child.h"
#include "forker.h"

struct state_writer;
struct field;

struct spawned {
  pid_t pid;
  int pidfd;
  /* Read ends, non-blocking; -1 where not asked for. */
  int output;
  int errors;
  /* The write end of standard input, non-blocking. */
  int input;
  /* The keeper's end of the status socket. */
  int status;
};

struct spawn_request {
  const struct step_list *list;
  /* CLONE_NEW… flags. */
  uint64_t namespaces;
  /* Folder of a v2 group to be born in, or NULL. */
  const char *cgroup;
  /* A pidfd of the container to join, or -1. */
  int join;
  /* The fields with the steps, where the child may be cloned by the forker: it joins, and gets one pipe. Or NULL. */
  const struct reader *fields;
  /* Single namespaces of other containers to join, or NULL. */
  const struct namespace_joins *joins;
  /* One pipe for both streams. */
  bool merged_output;
  /* A pipe for standard input; the null device otherwise. */
  bool input;
  /* No pipes at all: the list makes a terminal. */
  bool terminal;
};

/* Reserves the low descriptors, and remembers what children need. False with a message on standard error. */
bool spawn_prepare(int program);
/* 0, or -1 with errno and nothing left behind. */
int spawn(const struct spawn_request *request, struct spawned *out);
/* For a takeover: what children get that the keeper itself has changed. */
void spawn_write_state(struct state_writer *state);
bool spawn_read_state(const struct field *field);
/* In the forker: a child of the keeper. Its pid, or -1 with errno. */
pid_t spawn_sibling(const struct step_list *list, const struct forked_ends *ends);
bool spawn_is_astray(void);
/* Whether a clone needs this descriptor of the keeper. */
bool spawn_needs(int descriptor);
/* A plain copy of the keeper for slow work; 0 in the child, which must _exit. */
pid_t spawn_worker(void);

#endif
