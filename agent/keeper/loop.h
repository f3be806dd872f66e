/* The event loop: one watch per descriptor. */
#ifndef SKEP_LOOP_H
#define SKEP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* Embedded as the first member of whatever is watched. */
struct watch {
  void (*ready)(struct watch *watch, uint32_t events);
  int descriptor;
};

bool loop_open(void);
bool loop_add(struct watch *watch, int descriptor, uint32_t events, void (*ready)(struct watch *, uint32_t));
bool loop_change(struct watch *watch, uint32_t events);
/* Stops watching for now, and watches again. A changed mask alone would still report a hang-up, over and over. */
void loop_forget(struct watch *watch);
bool loop_watch(struct watch *watch, uint32_t events);
/* Stops watching and closes the descriptor. */
void loop_close(struct watch *watch);
/* Waits for one event and handles it; false when the loop itself failed. */
bool loop_turn(int timeout_ms);

int64_t monotonic_ms(void);
int64_t realtime_ms(void);

#endif
