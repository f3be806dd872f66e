/* Standard input and output of a program: read into its log and to whoever is attached, and written to by them. */
#ifndef SKEP_STANDARD_STREAMS_H
#define SKEP_STANDARD_STREAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "logfile.h"
#include "loop.h"
#include "spawn.h"
#include "terminal.h"

/* Input that waits for the program: no more is taken from a client above it, so one more frame may come on top. */
#define MAX_WAITING_INPUT_BYTES 65536u
/* Output that nobody is attached to yet is held back for this long at most. */
#ifndef MAX_HOLD_MS
#define MAX_HOLD_MS 10000
#endif

struct standard_streams;
struct state_writer;

struct output_source {
  struct watch watch;
  struct standard_streams *streams;
  struct log_stream log;
};

struct input_sink {
  struct watch watch;
  struct standard_streams *streams;
  uint8_t *bytes;
  size_t start;
  size_t length;
  /* Closed once what waits is written. */
  bool ending;
};

enum flow { FLOW_NOT_BEGUN, FLOW_HELD, FLOW_OPEN, FLOW_SLOWED };

struct standard_streams {
  struct output_source outputs[2];
  struct input_sink input;
  /* NULL = no log. */
  struct log_file *log;
  /* Of a terminal; its master is the first output, and a copy of it the input. */
  int slave;
  enum flow flow;
  int64_t held_until_ms;
  bool is_terminal;
  /* Input ends with the first stream that gives it. */
  bool input_once;
  bool input_claimed;
  /* Called when a client has gone; NULL = it does not matter. */
  void (*client_lost)(struct standard_streams *streams);
};

/* Nothing is open yet. */
void streams_init(struct standard_streams *streams, struct log_file *log);
/* Takes the pipes of a child over. */
void streams_take_pipes(struct standard_streams *streams, const struct spawned *spawned);
/* Takes a terminal over; `input` = it may be written to. False with errno. */
bool streams_take_terminal(struct standard_streams *streams, struct terminal *terminal, bool input);
/* The program runs: reads its output from now on, or holds it back. */
bool streams_begin(struct standard_streams *streams, bool hold);
void streams_release(struct standard_streams *streams);
/* After a client's backlog shrank or it went: reads on when nobody is behind any more. */
void streams_reconsider(struct standard_streams *streams);

bool streams_take_input(const struct standard_streams *streams);
void streams_write_input(struct standard_streams *streams, const uint8_t *bytes, size_t length);
/* A terminal has no end of input: nothing happens to it. */
void streams_end_input(struct standard_streams *streams);
void streams_resize(struct standard_streams *streams, uint16_t columns, uint16_t rows);
/* Takes the terminal away from the program, or its input. */
void streams_hang_up(struct standard_streams *streams);

/* For a takeover: what nobody is attached to any more, written down, read, and served on. */
void streams_write_state(const struct standard_streams *streams, struct state_writer *state);
bool streams_read_state(struct standard_streams *streams, const struct field *field);
bool streams_resume(struct standard_streams *streams);

/* The program has ended: reads what is left and tells everybody attached. */
void streams_end(struct standard_streams *streams, int exit_code);
/* Closes everything that is open, without a word. */
void streams_close(struct standard_streams *streams);

#endif
