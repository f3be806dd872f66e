/* The containers that this keeper knows, and what is done with them. */
#ifndef SKEP_CONTAINER_H
#define SKEP_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "logfile.h"
#include "loop.h"
#include "standard_streams.h"
#include "steps.h"
#include "wire.h"

#define MAX_CONTAINERS 4096
#define MAX_ID_LENGTH 128
#define MAX_CGROUPS 32
#define MAX_NOTE_BYTES 262144u
/* A start that is not done by then hangs in a mount; it is killed. */
#define START_TIMEOUT_MS 60000

enum container_phase {
  CONTAINER_STARTING,
  CONTAINER_RUNNING,
  /* The first process has ended; others that no pid namespace of its own held are being ended. */
  CONTAINER_ENDING,
  CONTAINER_EXITED,
  /* The start failed; the answer goes out once nothing of it is left. */
  CONTAINER_UNDOING,
  CONTAINER_REMOVING,
};

/* Who gets the answer; the client may be gone by then, so never a pointer. */
struct reply_address {
  uint64_t client;
  uint32_t request;
};

struct container {
  /* The status socket while it starts. */
  struct watch status;
  struct container *next;
  char id[MAX_ID_LENGTH + 1];
  enum container_phase phase;
  pid_t pid;
  int pidfd;
  /* The first stage that made `pid`, until it has ended; 0 when there is none. */
  pid_t first_stage;
  /* Its processes end with the first one, by the kernel's own doing. */
  bool own_pids;
  int64_t started_ms;
  int64_t finished_ms;
  int64_t start_deadline_ms;
  int exit_code;
  int exit_signal;
  bool oom_killed;
  bool about_to_exec;
  /* Its first process is gone, but its output is held back: it counts as running until somebody takes that. */
  bool ended_unseen;
  int end_status;
  bool paused;
  bool killed;
  /* The process that freezes the groups, 0 when none runs, and who waits for it. */
  pid_t freezer;
  struct reply_address freeze_reply;
  /* The process that frees groups and folders, 0 when none runs. */
  pid_t cleaner;
  struct standard_streams streams;
  /* What the child sent, until the program runs. */
  struct terminal terminal;
  struct log_file log;
  /* What was asked of its standard streams. */
  bool open_input;
  bool hold_output;
  char *cgroups[MAX_CGROUPS];
  int cgroup_count;
  char *oom_path;
  uint8_t *note;
  uint32_t note_length;
  /* The request whose steps are being run; freed once the program runs. */
  uint8_t *request;
  struct step_list list;
  struct step_failure failure;
  const char *failed_step;
  struct reply_address reply;
};

struct container *container_find(const char *id);
struct container *container_first(void);
/* Its program runs, as far as the keeper was told. */
bool container_is_running(const struct container *container);
bool container_id_is_valid(const char *id);
/* Puts one that another keeper left behind the others on the list. */
void container_adopt(struct container *container);

/* Takes over `request`, whose bytes the list points into. Answers later, or now when it fails at once. */
void container_start(struct reader reader, uint8_t *request, struct reply_address reply);
void container_signal(struct container *container, int number, struct reply_address reply);
/* Adds a client's connection to those on the container's standard streams. */
void container_attach(struct container *container, bool input, bool output, struct reply_address reply);
void container_pause(struct container *container, struct reply_address reply);
void container_unpause(struct container *container, struct reply_address reply);
/* shutdown.c: before the keeper ends; what stands still could not be killed. */
void container_thaw_all(void);
void container_remove(struct container *container, struct reply_address reply);
void container_describe(const struct container *container, struct writer *writer, uint16_t tag);

/* Called with every process that ended; false when it is none of a container. */
bool container_process_ended(pid_t pid, int status);
/* The nearest deadline of a start, or INT64_MAX; and what to do when it passed. */
int64_t container_next_deadline(void);
void container_check_deadlines(int64_t now);
/* shutdown.c: ends what the end of the keeper would leave: the processes of containers without a pid namespace of their own. */
void container_end_all(void);

/* answers.c */
void answer_ok(struct reply_address reply);
void answer_error(struct reply_address reply, enum keeper_error code, int error, const char *text);
void answer_failed_step(struct reply_address reply, const struct step_failure *failure, const char *name);
/* Sends a finished message; frees the writer. */
void send_answer(struct reply_address reply, struct writer *writer);
void push_exit_event(const struct container *container);

#endif
