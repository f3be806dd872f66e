/* The keeper's side of a terminal that a child made. */
#ifndef SKEP_TERMINAL_H
#define SKEP_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "steps.h"

struct terminal {
  int master;
  /* Kept open, so that a program that closes its terminal and opens it again finds it as it was. */
  int slave;
};

enum start_status { START_PENDING, START_DONE, START_FAILED, START_DIED, START_NEXT_STAGE };

/*
 * Reads what a child tells on its status socket: how far it is. Fills `failure`, `terminal` and `next`, the process that
 * takes its place, when they come.
 */
enum start_status read_start_status(int socket, struct step_failure *failure, bool *about_to_exec,
                                    struct terminal *terminal, pid_t *next);
void close_terminal(struct terminal *terminal);
bool resize_terminal(int master, uint16_t columns, uint16_t rows);

#endif
